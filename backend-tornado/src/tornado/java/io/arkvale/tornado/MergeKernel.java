package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Step (e), second half: puts the parts of one query vector's attention together, always in the same order. */
final class MergeKernel {
    /**
     * Fields of an item: where the outputs go, where the first share's first part lies, how far apart parts are, how many,
     * how far apart shares' first parts are, and how many rows it has. Outputs lie as {@link AttendKernel}'s queries do.
     */
    static final int FIELDS = 6;

    private MergeKernel() {}

    static void merge(KernelContext context, IntArray table, FloatArray memory, FloatArray output) {
        int headDim = table.get(Table.HEAD_DIM);
        int queryHeads = table.get(Table.QUERY_HEADS);
        int groupHeads = table.get(Table.GROUP_HEADS);
        int units = table.get(Table.MERGE);
        int groups = table.get(Table.MERGE + 1);
        int start = table.get(Table.MERGE + 2);
        int shares = table.get(Table.MERGE + 3);
        int chunks = (queryHeads + AttendKernel.VECTORS - 1) / AttendKernel.VECTORS;
        for (int unit = context.groupIdx; unit < units; unit += groups) {
            int item = unit / shares;
            int vector = unit - item * shares;
            int at = start + item * FIELDS;
            int stride = table.get(at + 2);
            int splits = table.get(at + 3);
            int headVectors = table.get(at + 5) * queryHeads;
            int head = vector / headVectors;
            int inHead = vector - head * headVectors;
            int chunk = inHead / AttendKernel.VECTORS;
            int source = table.get(at + 1)
                    + (head * chunks + chunk) * table.get(at + 4)
                    + (inHead - chunk * AttendKernel.VECTORS) * (headDim + 2);
            int target = table.get(at) + vector * headDim;
            // The last item of a prefill may have fewer rows than its shares are for.
            int there = TornadoMath.min(1, TornadoMath.max(0, groupHeads - head)) * headDim;
            for (int i = context.localIdx; i < there; i += Engine.LANES) {
                float most = memory.get(source + headDim);
                for (int split = 1; split < splits; split++) {
                    most = TornadoMath.max(most, memory.get(source + split * stride + headDim));
                }
                float sum = 0;
                float total = 0;
                // A part in which nothing was seen has the sum 0: no branch has to leave it out.
                for (int split = 0; split < splits; split++) {
                    int from = source + split * stride;
                    float weight = TornadoMath.exp(memory.get(from + headDim) - most);
                    total += weight * memory.get(from + headDim + 1);
                    sum += weight * memory.get(from + i);
                }
                output.set(target + i, sum / total);
            }
        }
    }
}
