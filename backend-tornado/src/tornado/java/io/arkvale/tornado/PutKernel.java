package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** Copies runs of elements from what was uploaded to pages: recall. */
final class PutKernel {
    /** Fields of an item: source, target, length. */
    static final int FIELDS = 3;

    private PutKernel() {}

    static void put(
            KernelContext context,
            IntArray table,
            FloatArray staging,
            ShortArray narrowStaging,
            FloatArray pages,
            ShortArray narrow) {
        int shift = table.get(Table.SHIFT);
        int start = table.get(Table.PUT + 2);
        int items = table.get(Table.PUT);
        int groups = table.get(Table.PUT + 1);
        for (int item = context.groupIdx; item < items; item += groups) {
            int at = start + item * FIELDS;
            int from = table.get(at);
            int to = table.get(at + 1);
            int length = table.get(at + 2);
            if (shift == 0) {
                for (int i = context.localIdx; i < length; i += Engine.LANES) {
                    pages.set(to + i, staging.get(from + i));
                }
            } else {
                for (int i = context.localIdx; i < length; i += Engine.LANES) {
                    narrow.set(to + i, narrowStaging.get(from + i));
                }
            }
        }
    }
}
