package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** Copies runs of elements from pages to pages: a last page that forks share. */
final class CopyKernel {
    /** Fields of an item: source, target, length. */
    static final int FIELDS = 3;

    private CopyKernel() {}

    static void copy(KernelContext context, IntArray table, FloatArray pages, ShortArray narrow) {
        int shift = table.get(Table.SHIFT);
        int start = table.get(Table.COPY + 2);
        int items = table.get(Table.COPY);
        int groups = table.get(Table.COPY + 1);
        for (int item = context.groupIdx; item < items; item += groups) {
            int at = start + item * FIELDS;
            int from = table.get(at);
            int to = table.get(at + 1);
            int length = table.get(at + 2);
            if (shift == 0) {
                for (int i = context.localIdx; i < length; i += Engine.LANES) {
                    pages.set(to + i, pages.get(from + i));
                }
            } else {
                for (int i = context.localIdx; i < length; i += Engine.LANES) {
                    narrow.set(to + i, narrow.get(from + i));
                }
            }
        }
    }
}
