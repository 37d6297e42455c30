package org.example.kvcache;

import static org.example.kvcache.WrongBackend.algorithm;

import io.arkvale.api.Digest;
import io.arkvale.api.GroupScore;
import io.arkvale.api.SequenceSpec;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Mistakes in arithmetic and in choices. */
final class WrongAlgorithms {
    private WrongAlgorithms() {}

    static List<WrongBackend> all() {
        return List.of(
                algorithm(107, "scratch shared by all caches", new Algorithm() {
                    private final AtomicInteger inside = new AtomicInteger();

                    @Override
                    float[] attend(float[] query, List<float[]> keys, List<float[]> values) {
                        var alone = inside.incrementAndGet() == 1;
                        var output = super.attend(query, keys, values);
                        LockSupport.parkNanos(1000);
                        inside.decrementAndGet();
                        return alone ? output : new float[output.length];
                    }
                }),
                algorithm(303, "stale digest: made before the last token", new Algorithm() {
                    @Override
                    float[] digest(Digest digest, float[][] keys) {
                        return super.digest(digest, keys.length == 1 ? keys : Arrays.copyOf(keys, keys.length - 1));
                    }
                }),
                algorithm(303, "mean and middle of the distances confused", new Algorithm() {
                    @Override
                    float reach(boolean middle, float[] distances) {
                        return super.reach(!middle, distances);
                    }
                }),
                algorithm(402, "sphere radius without the query's norm", new Algorithm() {
                    @Override
                    float score(Digest digest, float[] query, float[] stored) {
                        if (digest.shape() != Digest.Shape.SPHERE) {
                            return super.score(digest, query, stored);
                        }
                        return super.score(Digest.CENTROID, query, stored) + stored[query.length];
                    }
                }),
                algorithm(403, "sum instead of mean", new Algorithm() {
                    @Override
                    float[] combine(GroupScore groupScore, float[][] scores, int headDim) {
                        var combined = super.combine(groupScore, scores, headDim);
                        for (var i = 0; groupScore == GroupScore.MEAN && i < combined.length; i++) {
                            combined[i] *= scores.length;
                        }
                        return combined;
                    }
                }),
                algorithm(404, "softmax of scores without the scale", new Algorithm() {
                    @Override
                    float[] combine(GroupScore groupScore, float[][] scores, int headDim) {
                        return super.combine(groupScore, scores, groupScore == GroupScore.MEAN_SOFTMAX ? 1 : headDim);
                    }
                }),
                algorithm(501, "window too short by one page", new Algorithm() {
                    @Override
                    BitSet pinned(SequenceSpec spec, int pages) {
                        var pinned = super.pinned(spec, pages);
                        pinned.clear(pages - spec.windowPages());
                        return pinned;
                    }
                }),
                algorithm(501, "one ranked page too many", new Algorithm() {
                    @Override
                    BitSet select(SequenceSpec spec, int pages, float[] scores) {
                        var selected = super.select(spec, pages, scores);
                        selected.set(selected.nextClearBit(0));
                        return selected;
                    }
                }),
                algorithm(502, "ties to the higher page", new Algorithm() {
                    @Override
                    List<Integer> ranked(float[] scores) {
                        var pages = super.ranked(scores);
                        Collections.reverse(pages);
                        pages.sort((a, b) -> compare(scores[a], scores[b]));
                        return pages;
                    }
                }),
                algorithm(502, "NaN before every number", new Algorithm() {
                    @Override
                    int compare(float a, float b) {
                        return Float.compare(b, a);
                    }
                }),
                algorithm(601, "logits without 1/√d", new Algorithm() {
                    @Override
                    float scale(int headDim) {
                        return 1;
                    }
                }),
                algorithm(601, "values of the newest token left out", new Algorithm() {
                    @Override
                    float[] attend(float[] query, List<float[]> keys, List<float[]> values) {
                        var fewer = Math.max(1, keys.size() - 1);
                        return super.attend(query, keys.subList(0, fewer), values.subList(0, fewer));
                    }
                }),
                algorithm(603, "softmax without subtracting the largest", new Algorithm() {
                    @Override
                    float shift(float[] logits) {
                        return 0;
                    }
                }),
                algorithm(801, "sums in random order", new Algorithm() {
                    @Override
                    float[] attend(float[] query, List<float[]> keys, List<float[]> values) {
                        return nudged(
                                super.attend(query, keys, values),
                                ThreadLocalRandom.current().nextInt(2));
                    }
                }));
    }

    /** The numbers, changed by a few units in the last place: far within every bound, but other bits. */
    static float[] nudged(float[] numbers, int units) {
        for (var i = 0; i < numbers.length; i++) {
            numbers[i] += units * Math.ulp(numbers[i]);
        }
        return numbers;
    }
}
