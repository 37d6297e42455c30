package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** Step (a): copies the keys and values of one token and head group into their page, a KV head per share. */
final class AppendKernel {
    /**
     * Fields of an item: where the token's keys and values lie in the rows, or in the table, two per integer, if they have 16
     * bits, and its place in the page's first head.
     */
    static final int FIELDS = 3;

    private AppendKernel() {}

    static void append(KernelContext context, IntArray table, FloatArray rows, FloatArray pages, ShortArray narrow) {
        int shift = table.get(Table.SHIFT);
        int headDim = table.get(Table.HEAD_DIM);
        int headElements = headDim * table.get(Table.PAGE_SIZE);
        int values = table.get(Table.VALUES);
        int units = table.get(Table.APPEND);
        int groups = table.get(Table.APPEND + 1);
        int start = table.get(Table.APPEND + 2);
        int shares = table.get(Table.APPEND + 3);
        for (int unit = context.groupIdx; unit < units; unit += groups) {
            int item = unit / shares;
            int head = unit - item * shares;
            int at = start + item * FIELDS;
            int keyRow = table.get(at);
            int valueRow = table.get(at + 1);
            int first = head * headDim;
            int place = table.get(at + 2) + head * headElements;
            if (shift == 0) {
                for (int i = context.localIdx; i < headDim; i += Engine.LANES) {
                    pages.set(place + i, rows.get(keyRow + first + i));
                    pages.set(place + values + i, rows.get(valueRow + first + i));
                }
            } else {
                for (int i = context.localIdx; i < headDim; i += Engine.LANES) {
                    int pair = (first + i) / 2;
                    int down = 16 * ((first + i) - 2 * pair);
                    narrow.set(place + i, (short) (table.get(keyRow + pair) >> down));
                    narrow.set(place + values + i, (short) (table.get(valueRow + pair) >> down));
                }
            }
        }
    }
}
