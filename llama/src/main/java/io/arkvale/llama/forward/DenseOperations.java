package io.arkvale.llama.forward;

import io.arkvale.kernels.weights.WeightMatrix;
import io.arkvale.llama.config.Activation;
import io.arkvale.llama.rope.Rope;
import io.arkvale.llama.weights.Linear;
import io.arkvale.llama.weights.RmsNorm;
import java.util.List;

/**
 * What a forward pass does to rows between its attentions: the whole of a device's part in a model. Everything here acts
 * on each row by itself. Rows given as result do not overlap those given as input, unless an operation works in place.
 */
public interface DenseOperations {

    /** Rows of zeros. */
    Rows allocate(int rows, int width);

    /** A row for each token: its row of the embedding. {@code tokens[first]} is that of the first row. */
    void embed(WeightMatrix embedding, int[] tokens, int first, Rows out);

    /** RMSNorm of each row, which is as wide as the norm. */
    void norm(RmsNorm norm, Rows in, Rows out);

    /** RMSNorm in place, of each run of numbers that is as wide as the norm: of heads, or of whole rows. */
    void normInPlace(RmsNorm norm, Rows rows);

    /** The products of the same rows with one or more linear layers, biases included; {@code outs[i]} is of layer i. */
    void multiply(Rows in, List<Linear> layers, List<Rows> outs);

    /** Turns each head, {@code headDim} numbers, of each row to the row's position. */
    void rotate(Rope rope, int headDim, Rows heads, Positions positions);

    /** {@code gate = activation(gate) · up}. */
    void activate(Activation activation, Rows gate, Rows up);

    /** Multiplies all numbers by one factor. */
    void scale(Rows rows, float factor);

    /** {@code target += update}. */
    void add(Rows target, Rows update);

    /** {@code to = from}. */
    void copy(Rows from, Rows to);
}
