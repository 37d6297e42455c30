package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** Step (a): copies the keys and values of one token and head group into their page. */
final class AppendKernel {
    /**
     * Fields of an item: where the token's keys and values lie in the rows, or in the table if they have 16 bits, and its place
     * in the page's first head.
     */
    static final int FIELDS = 3;

    private AppendKernel() {}

    static void append(KernelContext context, IntArray table, FloatArray rows, FloatArray pages, ShortArray narrow) {
        int shift = table.get(Table.SHIFT);
        int headDim = table.get(Table.HEAD_DIM);
        int headElements = headDim * table.get(Table.PAGE_SIZE);
        int elements = headDim * table.get(Table.GROUP_HEADS);
        int values = table.get(Table.VALUES);
        int start = table.get(Table.APPEND + 2);
        int items = table.get(Table.APPEND);
        int groups = table.get(Table.APPEND + 1);
        for (int item = context.groupIdx; item < items; item += groups) {
            int at = start + item * FIELDS;
            int keyRow = table.get(at);
            int valueRow = table.get(at + 1);
            int place = table.get(at + 2);
            if (shift == 0) {
                for (int i = context.localIdx; i < elements; i += Engine.LANES) {
                    int head = i / headDim;
                    int to = place + head * headElements + i - head * headDim;
                    pages.set(to, rows.get(keyRow + i));
                    pages.set(to + values, rows.get(valueRow + i));
                }
            } else {
                for (int i = context.localIdx; i < elements; i += Engine.LANES) {
                    int head = i / headDim;
                    int to = place + head * headElements + i - head * headDim;
                    narrow.set(to, (short) table.get(keyRow + i));
                    narrow.set(to + values, (short) table.get(valueRow + i));
                }
            }
        }
    }
}
