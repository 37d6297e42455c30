package org.example.kvcache;

import io.arkvale.api.Batch;
import io.arkvale.api.Tensor;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.example.kvcache.WrongBackend.Parts;

/** Mistakes that authors of new backends have made, each of which makes most tests fail. */
public final class PlantedFaults {
    private PlantedFaults() {}

    /** The digest of a page is made when the next page opens. */
    public static ExampleProvider lateDigest() {
        return provider(new Parts() {
            @Override
            LayerWork work(ExampleCache cache, ExampleSequence sequence, int layer) {
                return new LayerWork(cache, sequence, layer) {
                    private boolean late;

                    @Override
                    void append(float[] key, float[] value) {
                        var pages = table().pages;
                        if (!pages.isEmpty() && sequence.spec.isLimited(layer)) {
                            var last = pages.getLast();
                            late = last.tokens == cache.spec.pageSize() && last.digests == null;
                            if (late) {
                                super.summarise(last);
                            }
                        }
                        super.append(key, value);
                    }

                    @Override
                    void summarise(Page page) {}
                };
            }
        });
    }

    /** The window is taken to be one page shorter where victims are chosen. */
    public static ExampleProvider evictedWindowPage() {
        return WrongBackend.algorithm(0, "a window page evicted", new Algorithm() {
                    @Override
                    BitSet victims(BitSet resident, BitSet kept, float[] scores, int count) {
                        var fewer = (BitSet) kept.clone();
                        // The newest full page scores lowest, so that it goes first.
                        var newest = scores.length - 1;
                        var lowered = scores.clone();
                        if (count > 0 && newest >= 0) {
                            fewer.clear(newest);
                            lowered[newest] = Float.NEGATIVE_INFINITY;
                        }
                        return super.victims(resident, fewer, lowered, count);
                    }
                })
                .provider();
    }

    /** Every output of a call is written one row further on, the last into the first. */
    public static ExampleProvider swappedOutputs() {
        return provider(new Parts() {
            @Override
            ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                return new ExampleStep(cache, batch, members) {
                    private int rows;

                    @Override
                    public void prefill(int layer, int[] chunk, Tensor q, Tensor k, Tensor v, Tensor output) {
                        rows = Arrays.stream(chunk).sum();
                        super.prefill(layer, chunk, q, k, v, output);
                    }

                    @Override
                    public void attend(int layer, Tensor q, Tensor output) {
                        rows = members.size();
                        super.attend(layer, q, output);
                    }

                    @Override
                    void write(Tensor output, int row, float[] numbers) {
                        super.write(output, (row + 1) % rows, numbers);
                    }
                };
            }
        });
    }

    private static ExampleProvider provider(Parts parts) {
        return WrongBackend.parts(0, "", parts).provider();
    }
}
