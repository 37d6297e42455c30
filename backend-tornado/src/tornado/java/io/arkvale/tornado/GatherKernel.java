package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** Collects runs of elements of pages for the host: backups, and what a view reads. */
final class GatherKernel {
    /** Fields of an item: source, target, length. */
    static final int FIELDS = 3;

    private GatherKernel() {}

    static void gather(
            KernelContext context,
            IntArray table,
            FloatArray pages,
            ShortArray narrow,
            FloatArray staging,
            ShortArray narrowStaging) {
        int shift = table.get(Table.SHIFT);
        int start = table.get(Table.GATHER + 2);
        int items = table.get(Table.GATHER);
        int groups = table.get(Table.GATHER + 1);
        for (int item = context.groupIdx; item < items; item += groups) {
            int at = start + item * FIELDS;
            int from = table.get(at);
            int to = table.get(at + 1);
            int length = table.get(at + 2);
            if (shift == 0) {
                for (int i = context.localIdx; i < length; i += Engine.LANES) {
                    staging.set(to + i, pages.get(from + i));
                }
            } else {
                for (int i = context.localIdx; i < length; i += Engine.LANES) {
                    narrowStaging.set(to + i, narrow.get(from + i));
                }
            }
        }
    }
}
