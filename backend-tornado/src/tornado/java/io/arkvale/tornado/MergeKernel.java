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
            int isThere = TornadoMath.min(1, TornadoMath.max(0, groupHeads - head));
            int last = source + (splits - 1) * stride;
            float most = AttendKernel.UNSEEN;
            // Four parts are read before one is needed: not every compiler unrolls. The last stands in where none is
            // left.
            for (int split = 0; split < splits * isThere; split += 4) {
                int from = source + split * stride;
                float most0 = memory.get(from + headDim);
                float most1 = memory.get(TornadoMath.min(from + stride, last) + headDim);
                float most2 = memory.get(TornadoMath.min(from + 2 * stride, last) + headDim);
                float most3 = memory.get(TornadoMath.min(from + 3 * stride, last) + headDim);
                most = TornadoMath.max(
                        most, TornadoMath.max(TornadoMath.max(most0, most1), TornadoMath.max(most2, most3)));
            }
            for (int i = context.localIdx; i < headDim * isThere; i += Engine.LANES) {
                float sum = 0;
                float total = 0;
                // A part in which nothing was seen has the sum 0: no branch has to leave it out.
                for (int split = 0; split < splits; split += 4) {
                    int from0 = source + split * stride;
                    int from1 = TornadoMath.min(from0 + stride, last);
                    int from2 = TornadoMath.min(from0 + 2 * stride, last);
                    int from3 = TornadoMath.min(from0 + 3 * stride, last);
                    float value0 = memory.get(from0 + i);
                    float value1 = memory.get(from1 + i);
                    float value2 = memory.get(from2 + i);
                    float value3 = memory.get(from3 + i);
                    float total0 = memory.get(from0 + headDim + 1);
                    float total1 = memory.get(from1 + headDim + 1);
                    float total2 = memory.get(from2 + headDim + 1);
                    float total3 = memory.get(from3 + headDim + 1);
                    float weight0 = TornadoMath.exp(memory.get(from0 + headDim) - most);
                    float weight1 = TornadoMath.exp(memory.get(from1 + headDim) - most);
                    float weight2 = TornadoMath.exp(memory.get(from2 + headDim) - most);
                    float weight3 = TornadoMath.exp(memory.get(from3 + headDim) - most);
                    weight1 = split + 1 < splits ? weight1 : 0;
                    weight2 = split + 2 < splits ? weight2 : 0;
                    weight3 = split + 3 < splits ? weight3 : 0;
                    total += weight0 * total0 + weight1 * total1 + weight2 * total2 + weight3 * total3;
                    sum += weight0 * value0 + weight1 * value1 + weight2 * value2 + weight3 * value3;
                }
                output.set(target + i, sum / total);
            }
        }
    }
}
