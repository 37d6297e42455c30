package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** Fills device memory with zeros. */
final class ClearKernel {
    /** Elements of each array per item. */
    static final int PIECE = 1 << 16;

    private ClearKernel() {}

    static void clear(KernelContext context, IntArray table, FloatArray memory, FloatArray pages, ShortArray narrow) {
        int length = table.get(Table.MEMORY_LENGTH);
        int pagesLength = table.get(Table.PAGES_LENGTH);
        int narrowLength = table.get(Table.NARROW_LENGTH);
        int items = table.get(Table.CLEAR);
        int groups = table.get(Table.CLEAR + 1);
        for (int item = context.groupIdx; item < items; item += groups) {
            int from = item * PIECE;
            for (int i = context.localIdx; i < PIECE; i += Engine.LANES) {
                if (i < length - from) {
                    memory.set(from + i, 0);
                }
                if (i < pagesLength - from) {
                    pages.set(from + i, 0);
                }
                if (i < narrowLength - from) {
                    narrow.set(from + i, (short) 0);
                }
            }
        }
    }
}
