package org.example.kvcache;

import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.ElementType;
import java.util.List;
import java.util.function.BiFunction;

/**
 * A deliberately wrong backend: the example with one step done wrongly.
 *
 * @param rule the rule that it breaks
 * @param mistake what is wrong, in a few words
 * @param provider its provider
 */
public record WrongBackend(int rule, String mistake, ExampleProvider provider) {
    @Override
    public String toString() {
        return rule + " " + mistake;
    }

    /** Makes the parts of the example; a mistake overrides one. */
    static class Parts {
        ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
            return new ExampleStep(cache, batch, members) {
                @Override
                LayerWork work(int member, int layer) {
                    return Parts.this.work(cache, members.get(member), layer);
                }
            };
        }

        LayerWork work(ExampleCache cache, ExampleSequence sequence, int layer) {
            return new LayerWork(cache, sequence, layer);
        }

        ExampleTensor tensor(ExampleCache cache, ElementType type, int rows, int heads, int width) {
            return new ExampleTensor(cache, type, rows, heads, width);
        }

        Pools pools(CacheSpec spec) {
            return new Pools(spec);
        }
    }

    static WrongBackend algorithm(int rule, String mistake, Algorithm algorithm) {
        return provider(rule, mistake, new ExampleProvider() {
            @Override
            ExampleBackend newBackend(boolean immediateChecks) {
                return new ExampleBackend(algorithm, immediateChecks);
            }
        });
    }

    static WrongBackend parts(int rule, String mistake, Parts parts) {
        return cache(rule, mistake, (backend, spec) -> new ExampleCache(backend, spec, new Algorithm(), false) {
            @Override
            ExampleStep newStep(Batch batch, List<ExampleSequence> members) {
                return parts.step(this, batch, members);
            }

            @Override
            ExampleTensor newTensor(ElementType type, int rows, int heads, int width) {
                return parts.tensor(this, type, rows, heads, width);
            }

            @Override
            Pools newPools(CacheSpec pools) {
                return parts.pools(pools);
            }
        });
    }

    static WrongBackend cache(int rule, String mistake, BiFunction<ExampleBackend, CacheSpec, ExampleCache> opener) {
        return provider(rule, mistake, new ExampleProvider() {
            @Override
            ExampleBackend newBackend(boolean immediateChecks) {
                return new ExampleBackend(new Algorithm(), immediateChecks) {
                    @Override
                    ExampleCache newCache(CacheSpec spec, Algorithm algorithm, boolean immediate) {
                        return opener.apply(this, spec);
                    }
                };
            }
        });
    }

    static WrongBackend provider(int rule, String mistake, ExampleProvider provider) {
        return new WrongBackend(rule, mistake, provider);
    }
}
