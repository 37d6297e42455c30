package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Step (c), on the device, first half: how many pages go before each. Takes the items of {@link GroupScoreKernel}, whose
 * scores it reads. Every page is compared with every other, which needs no order among lanes and keeps ties exact.
 */
final class RankKernel {
    /** Lanes that share a page. */
    private static final int SHARERS = 4;

    private static final int PAGES_AT_ONCE = Engine.LANES / SHARERS;

    private RankKernel() {}

    /** Ranks are negative, so that they have the order of scores. */
    static void rank(KernelContext context, IntArray table, FloatArray result) {
        int[] counts = context.allocateIntLocalArray(Engine.LANES);
        int lane = context.localIdx;
        int ranked = lane / SHARERS;
        int sharer = lane - ranked * SHARERS;
        int items = table.get(Table.RANK);
        int groups = table.get(Table.RANK + 1);
        int start = table.get(Table.RANK + 2);
        for (int item = context.groupIdx; item < items; item += groups) {
            int at = start + item * GroupScoreKernel.FIELDS;
            int ranks = table.get(at + 1);
            int pages = table.get(at + 3);
            int target = table.get(at + 5);
            int first = table.get(at + 6);
            int from = table.get(at + 7);
            int to = table.get(at + 8);
            int base = target - first;
            for (int begin = 0; begin < pages; begin += PAGES_AT_ONCE) {
                int page = first + TornadoMath.min(begin + ranked, pages - 1);
                float score = result.get(base + page);
                int before = 0;
                for (int other = from + sharer; other < to; other += SHARERS) {
                    float otherScore = result.get(base + other);
                    if (otherScore > score || (otherScore == score && other < page)) {
                        before++;
                    }
                }
                counts[lane] = before;
                context.localBarrier();
                if (lane < TornadoMath.min(PAGES_AT_ONCE, pages - begin)) {
                    int all = 0;
                    for (int part = 0; part < SHARERS; part++) {
                        all += counts[lane * SHARERS + part];
                    }
                    result.set(ranks + target + begin + lane, -all);
                }
                context.localBarrier();
            }
        }
    }
}
