package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Copies runs of numbers from what was uploaded, or from device memory, to device memory: recall, and copies for forks. */
final class PutKernel {
    /** Fields of an item: source, target, length; a source in device memory is given as {@code −1 − source}. */
    static final int FIELDS = 3;

    private PutKernel() {}

    static void put(KernelContext context, IntArray table, FloatArray staging, FloatArray memory) {
        int start = table.get(Table.PUT + 2);
        int items = table.get(Table.PUT);
        int groups = table.get(Table.PUT + 1);
        for (int item = context.groupIdx; item < items; item += groups) {
            int at = start + item * FIELDS;
            int from = table.get(at);
            int to = table.get(at + 1);
            int length = table.get(at + 2);
            if (from >= 0) {
                for (int i = context.localIdx; i < length; i += Engine.LANES) {
                    memory.set(to + i, staging.get(from + i));
                }
            } else {
                int source = -1 - from;
                for (int i = context.localIdx; i < length; i += Engine.LANES) {
                    memory.set(to + i, memory.get(source + i));
                }
            }
        }
    }
}
