package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** Runs of elements that lie side by side in pages: what the kernels that copy them share. */
final class PageRuns {
    /** Fields of an item: source, target, length. */
    static final int FIELDS = 3;

    /** Elements that a share copies. */
    static final int PIECE = 256;

    private PageRuns() {}

    /** Copies the runs that a section of the table lists, in the width of the cache's elements. */
    static void copy(
            KernelContext context,
            IntArray table,
            int section,
            FloatArray from,
            ShortArray narrowFrom,
            FloatArray to,
            ShortArray narrowTo) {
        int shift = table.get(Table.SHIFT);
        int units = table.get(section);
        int groups = table.get(section + 1);
        int start = table.get(section + 2);
        int shares = table.get(section + 3);
        for (int unit = context.groupIdx; unit < units; unit += groups) {
            int item = unit / shares;
            int first = (unit - item * shares) * PIECE;
            int at = start + item * FIELDS;
            int source = table.get(at);
            int target = table.get(at + 1);
            int end = TornadoMath.min(first + PIECE, table.get(at + 2));
            if (shift == 0) {
                for (int i = first + context.localIdx; i < end; i += Engine.LANES) {
                    to.set(target + i, from.get(source + i));
                }
            } else {
                for (int i = first + context.localIdx; i < end; i += Engine.LANES) {
                    narrowTo.set(target + i, narrowFrom.get(source + i));
                }
            }
        }
    }
}
