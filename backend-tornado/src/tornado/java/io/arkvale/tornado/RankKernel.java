package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Step (c), on the device, first half: how many pages go before each. Takes the items of {@link GroupScoreKernel}, whose
 * scores it reads. Every page is compared with every other, which needs no order among lanes and keeps ties exact.
 */
final class RankKernel {
    private RankKernel() {}

    static void rank(KernelContext context, IntArray table, FloatArray result) {
        int start = table.get(Table.RANK + 2);
        int items = table.get(Table.RANK);
        int groups = table.get(Table.RANK + 1);
        for (int item = context.groupIdx; item < items; item += groups) {
            int at = start + item * GroupScoreKernel.FIELDS;
            int ranks = table.get(at + 1);
            int pages = table.get(at + 3);
            int target = table.get(at + 5);
            int first = table.get(at + 6);
            int from = table.get(at + 7);
            int to = table.get(at + 8);
            int base = target - first;
            for (int i = context.localIdx; i < pages; i += Engine.LANES) {
                int page = first + i;
                float score = result.get(target + i);
                int before = 0;
                for (int other = from; other < to; other++) {
                    float otherScore = result.get(base + other);
                    if (otherScore > score || (otherScore == score && other < page)) {
                        before++;
                    }
                }
                result.set(ranks + target + i, before);
            }
        }
    }
}
