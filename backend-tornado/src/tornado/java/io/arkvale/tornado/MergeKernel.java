package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Step (e), second half: puts the splits of one query vector's attention together, always in the same order. */
final class MergeKernel {
    /** Fields of an item: where the output goes, where its first split lies, how far apart splits are, how many. */
    static final int FIELDS = 4;

    private MergeKernel() {}

    static void merge(KernelContext context, IntArray table, FloatArray memory, FloatArray output) {
        int headDim = table.get(Table.HEAD_DIM);
        int start = table.get(Table.MERGE + 2);
        int items = table.get(Table.MERGE);
        int groups = table.get(Table.MERGE + 1);
        for (int item = context.groupIdx; item < items; item += groups) {
            int at = start + item * FIELDS;
            int target = table.get(at);
            int source = table.get(at + 1);
            int stride = table.get(at + 2);
            int splits = table.get(at + 3);
            float most = memory.get(source + headDim);
            for (int split = 1; split < splits; split++) {
                most = TornadoMath.max(most, memory.get(source + split * stride + headDim));
            }
            for (int i = context.localIdx; i < headDim; i += Engine.LANES) {
                float sum = 0;
                float total = 0;
                for (int split = 0; split < splits; split++) {
                    int from = source + split * stride;
                    float part = memory.get(from + headDim + 1);
                    if (part > 0) {
                        float weight = TornadoMath.exp(memory.get(from + headDim) - most);
                        total += weight * part;
                        sum += weight * memory.get(from + i);
                    }
                }
                output.set(target + i, sum / total);
            }
        }
    }
}
