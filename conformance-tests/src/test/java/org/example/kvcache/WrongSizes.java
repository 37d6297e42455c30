package org.example.kvcache;

import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Unit;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Tensor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.example.kvcache.WrongBackend.Parts;

/** Mistakes that begin at a size, as those of loops over blocks do. */
public final class WrongSizes {
    private WrongSizes() {}

    /** Mistakes at sizes that the kit tries of every backend; the rule is 0, since several may show it. */
    public static List<WrongBackend> usual() {
        return List.of(
                algorithm("only the first 128 pages ranked", new Algorithm() {
                    @Override
                    BitSet select(SequenceSpec spec, int pages, float[] scores) {
                        var seen = scores.clone();
                        for (var page = 128; page < seen.length; page++) {
                            seen[page] = Float.NEGATIVE_INFINITY;
                        }
                        return super.select(spec, pages, seen);
                    }
                }),
                algorithm("the token after the 128th left out of attention", new Algorithm() {
                    @Override
                    float[] attend(float[] query, List<float[]> keys, List<float[]> values) {
                        return keys.size() <= 128
                                ? super.attend(query, keys, values)
                                : super.attend(query, without(keys, 128), without(values, 128));
                    }
                }),
                scores("scores one page off from page 64 on", 64, Integer.MAX_VALUE, 0),
                rows("outputs of members from the 33rd on in the row before", 32));
    }

    /** A mistake at page 100, at a size that the backend names or does not. */
    public static WrongBackend atHundred(boolean named) {
        // Of longer sequences another path takes care, which is right: only the edge shows the mistake.
        return scores("scores one page off at page 100", 100, 102, named ? 100 : 0);
    }

    private static <E> List<E> without(List<E> all, int index) {
        var rest = new ArrayList<>(all);
        rest.remove(index);
        return rest;
    }

    private static WrongBackend algorithm(String mistake, Algorithm algorithm) {
        return WrongBackend.algorithm(0, mistake, algorithm);
    }

    /** In sequences of more than {@code from} and at most {@code most} filled pages, the last have the scores of the page before. */
    private static WrongBackend scores(String mistake, int from, int most, int named) {
        return new WrongBackend(0, mistake, new ExampleProvider() {
            @Override
            ExampleBackend newBackend(boolean immediateChecks) {
                return new ExampleBackend(new Algorithm(), immediateChecks) {
                    @Override
                    public Capabilities capabilities() {
                        var declared = super.capabilities().toBuilder();
                        return (named == 0 ? declared : declared.blockSizes(Unit.PAGES, named)).build();
                    }

                    @Override
                    ExampleCache newCache(CacheSpec spec, Algorithm algorithm, boolean immediate) {
                        return new ExampleCache(this, spec, algorithm, immediate) {
                            @Override
                            ExampleStep newStep(Batch batch, List<ExampleSequence> members) {
                                return new ExampleStep(this, batch, members) {
                                    @Override
                                    LayerWork work(int member, int layer) {
                                        return new LateScores(cache, members.get(member), layer, from, most);
                                    }
                                };
                            }
                        };
                    }
                };
            }
        });
    }

    private static final class LateScores extends LayerWork {
        private final int from;
        private final int most;

        LateScores(ExampleCache cache, ExampleSequence sequence, int layer, int from, int most) {
            super(cache, sequence, layer);
            this.from = from;
            this.most = most;
        }

        @Override
        float[][] estimate(float[] query, int filled) {
            var scores = super.estimate(query, filled);
            for (var group : scores) {
                for (var page = filled - 1; page >= from && filled <= most; page--) {
                    group[page] = group[page - 1];
                }
            }
            return scores;
        }
    }

    private static WrongBackend rows(String mistake, int from) {
        return WrongBackend.parts(0, mistake, new Parts() {
            @Override
            ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                return new ExampleStep(cache, batch, members) {
                    @Override
                    void write(Tensor output, int row, float[] numbers) {
                        super.write(output, members.size() > from && row >= from ? row - 1 : row, numbers);
                    }
                };
            }
        });
    }
}
