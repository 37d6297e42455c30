package io.arkvale.tornado;

import io.arkvale.api.GroupScore;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Step (b), second half: makes one score a page and head group of those of the group's query heads. */
final class GroupScoreKernel {
    /**
     * Fields of an item: where its first head's scores lie, how far apart heads are, which is how many pages there are in all
     * and how far a page's rank is from its score, how many heads, how many pages, which rule, and where its result goes; then, for {@link RankKernel}, its first page, and the range of pages among which its
     * pages are ranked.
     */
    static final int FIELDS = 9;

    static final int MEAN = 0;
    static final int MAX = 1;
    static final int MEAN_SOFTMAX = 2;

    private GroupScoreKernel() {}

    static int rule(GroupScore rule) {
        return switch (rule) {
            case MEAN -> MEAN;
            case MAX -> MAX;
            case MEAN_SOFTMAX -> MEAN_SOFTMAX;
        };
    }

    static void combine(KernelContext context, IntArray table, FloatArray memory, FloatArray result) {
        float[] lanes = context.allocateFloatLocalArray(Engine.LANES);
        int items = table.get(Table.RANK);
        int groups = table.get(Table.RANK + 1);
        int start = table.get(Table.RANK + 2);
        float scale = AttentionScale.number(table);
        for (int item = context.groupIdx; item < items; item += groups) {
            int at = start + item * FIELDS;
            int scores = table.get(at);
            int stride = table.get(at + 1);
            int heads = table.get(at + 2);
            int pages = table.get(at + 3);
            int rule = table.get(at + 4);
            int target = table.get(at + 5);
            if (rule == MEAN_SOFTMAX) {
                for (int head = 0; head < heads; head++) {
                    int row = scores + head * stride;
                    float most = memory.get(row);
                    for (int page = context.localIdx; page < pages; page += Engine.LANES) {
                        most = TornadoMath.max(most, memory.get(row + page));
                    }
                    lanes[context.localIdx] = most;
                    context.localBarrier();
                    for (int half = Engine.LANES / 2; half > 0; half >>= 1) {
                        if (context.localIdx < half) {
                            lanes[context.localIdx] =
                                    TornadoMath.max(lanes[context.localIdx], lanes[context.localIdx + half]);
                        }
                        context.localBarrier();
                    }
                    most = lanes[0];
                    context.localBarrier();
                    float sum = 0;
                    for (int page = context.localIdx; page < pages; page += Engine.LANES) {
                        sum += TornadoMath.exp((memory.get(row + page) - most) * scale);
                    }
                    lanes[context.localIdx] = sum;
                    context.localBarrier();
                    for (int half = Engine.LANES / 2; half > 0; half >>= 1) {
                        if (context.localIdx < half) {
                            lanes[context.localIdx] += lanes[context.localIdx + half];
                        }
                        context.localBarrier();
                    }
                    sum = lanes[0] * heads;
                    context.localBarrier();
                    // The scores are used up: each place now takes the probability, which the loop below adds up.
                    for (int page = context.localIdx; page < pages; page += Engine.LANES) {
                        float probability = TornadoMath.exp((memory.get(row + page) - most) * scale) / sum;
                        memory.set(row + page, probability);
                    }
                }
            }
            for (int page = context.localIdx; page < pages; page += Engine.LANES) {
                float score = memory.get(scores + page);
                int last = scores + (heads - 1) * stride + page;
                // Four are read before one is needed: not every compiler unrolls. The last stands in for others.
                for (int head = 1; head < heads; head += 4) {
                    int row = scores + head * stride + page;
                    float other0 = memory.get(row);
                    float other1 = memory.get(TornadoMath.min(row + stride, last));
                    float other2 = memory.get(TornadoMath.min(row + 2 * stride, last));
                    float other3 = memory.get(TornadoMath.min(row + 3 * stride, last));
                    if (rule == MAX) {
                        score = TornadoMath.max(
                                TornadoMath.max(score, other0),
                                TornadoMath.max(other1, TornadoMath.max(other2, other3)));
                    } else {
                        score += other0;
                        score += head + 1 < heads ? other1 : 0;
                        score += head + 2 < heads ? other2 : 0;
                        score += head + 3 < heads ? other3 : 0;
                    }
                }
                if (rule == MEAN) {
                    score = score / heads;
                }
                result.set(target + page, score);
            }
            context.localBarrier();
        }
    }
}
