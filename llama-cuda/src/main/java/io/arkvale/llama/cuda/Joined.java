package io.arkvale.llama.cuda;

import io.arkvale.llama.forward.Rows;
import io.arkvale.llama.weights.Linear;
import java.util.List;

/**
 * Layers whose matrices lie one after the other, and whose products lie beside each other: one product.
 *
 * @param layers how many
 */
record Joined(CudaMatrix matrix, CudaRows out, int layers) {

    /** As many as can be joined from one on. */
    static Joined from(int first, List<Linear> layers, List<Rows> outs) {
        var matrix = CudaMatrix.of(layers.get(first).weight());
        var out = CudaRows.of(outs.get(first));
        int next = first + 1;
        for (; next < layers.size(); next++) {
            var below = CudaMatrix.of(layers.get(next).weight());
            var beside = CudaRows.of(outs.get(next));
            if (!matrix.isAbove(below) || !out.isBeside(beside)) {
                break;
            }
            matrix = new CudaMatrix(
                    matrix.address(), matrix.type(), matrix.outputs() + below.outputs(), matrix.inputs());
            out = out.wider(beside.width());
        }
        return new Joined(matrix, out, next - first);
    }
}
