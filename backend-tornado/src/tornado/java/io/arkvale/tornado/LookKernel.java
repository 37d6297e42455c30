package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Collects runs of numbers of device memory for the host: digests that a view reads. */
final class LookKernel {
    /** Fields of an item: source, target, length. */
    static final int FIELDS = 3;

    private LookKernel() {}

    static void look(KernelContext context, IntArray table, FloatArray memory, FloatArray result) {
        int start = table.get(Table.LOOK + 2);
        int items = table.get(Table.LOOK);
        int groups = table.get(Table.LOOK + 1);
        for (int item = context.groupIdx; item < items; item += groups) {
            int at = start + item * FIELDS;
            int from = table.get(at);
            int to = table.get(at + 1);
            int length = table.get(at + 2);
            for (int i = context.localIdx; i < length; i += Engine.LANES) {
                result.set(to + i, memory.get(from + i));
            }
        }
    }
}
