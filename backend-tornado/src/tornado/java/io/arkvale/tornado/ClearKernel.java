package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Fills device memory with zeros. */
final class ClearKernel {
    /** Numbers per item. */
    static final int PIECE = 1 << 16;

    private ClearKernel() {}

    static void clear(KernelContext context, IntArray table, FloatArray memory) {
        int length = table.get(Table.LENGTH);
        int items = table.get(Table.CLEAR);
        int groups = table.get(Table.CLEAR + 1);
        for (int item = context.groupIdx; item < items; item += groups) {
            int from = item * PIECE;
            for (int i = context.localIdx; i < PIECE; i += Engine.LANES) {
                if (i < length - from) {
                    memory.set(from + i, 0);
                }
            }
        }
    }
}
