package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Step (c), on the device, second half: writes where the chosen pages lie, in page order, into the list that
 * {@link AttendKernel} reads. Where one of them is evicted, the attention's items are emptied: the host recalls first.
 */
final class ChooseKernel {
    /**
     * Fields of an item: where the ranks of all its pages lie, first page that is ranked and their end, how many are
     * chosen, where the list of all pages' places is, −1 for an evicted page, where the chosen ones' places go, which
     * items of the attention are the page list's, the first and how many, and where the result goes that says whether all
     * chosen pages are there: 1, or 0.
     */
    static final int FIELDS = 9;

    private ChooseKernel() {}

    static void choose(KernelContext context, IntArray table, FloatArray result) {
        int[] chosen = context.allocateIntLocalArray(Engine.LANES);
        int[] missing = context.allocateIntLocalArray(Engine.LANES);
        int lane = context.localIdx;
        int items = table.get(Table.CHOOSE);
        int groups = table.get(Table.CHOOSE + 1);
        int start = table.get(Table.CHOOSE + 2);
        int attention = table.get(Table.ATTEND + 2);
        for (int item = context.groupIdx; item < items; item += groups) {
            int at = start + item * FIELDS;
            int ranks = table.get(at);
            int from = table.get(at + 1);
            int to = table.get(at + 2);
            int count = table.get(at + 3);
            int places = table.get(at + 4);
            int target = table.get(at + 5);
            int firstItem = table.get(at + 6);
            int itemCount = table.get(at + 7);
            // Each lane has a run of pages, so that counts before it say where its own go.
            int share = (to - from + Engine.LANES - 1) / Engine.LANES;
            int first = from + lane * share;
            int end = TornadoMath.min(to, first + share);
            int mine = 0;
            for (int page = first; page < end; page++) {
                mine += result.get(ranks + page) > -count ? 1 : 0;
            }
            chosen[lane] = mine;
            context.localBarrier();
            int before = 0;
            int all = 0;
            for (int other = 0; other < Engine.LANES; other++) {
                before += other < lane ? chosen[other] : 0;
                all += chosen[other];
            }
            // Ranks are all different unless scores are no numbers: then they may not fill the list, or overflow it.
            int wrong = TornadoMath.max(all - count, count - all);
            int next = target + before;
            int evicted = 0;
            int isFilled = 1 - TornadoMath.min(1, wrong);
            for (int page = first; page < end * isFilled; page++) {
                if (result.get(ranks + page) > -count) {
                    int place = table.get(places + page);
                    evicted += place < 0 ? 1 : 0;
                    table.set(next, place);
                    next++;
                }
            }
            missing[lane] = evicted;
            context.localBarrier();
            int absent = wrong;
            for (int other = 0; other < Engine.LANES; other++) {
                absent += missing[other];
            }
            int isGood = 1 - TornadoMath.min(1, absent);
            for (int i = lane; i < itemCount * (1 - isGood); i += Engine.LANES) {
                int field = attention + (firstItem + i) * AttendKernel.FIELDS;
                table.set(field + AttendKernel.END, table.get(field + AttendKernel.FROM));
            }
            if (lane == 0) {
                result.set(table.get(at + 8), isGood);
            }
            context.localBarrier();
        }
    }
}
