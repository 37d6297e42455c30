package io.arkvale.llama.forward;

import io.arkvale.llama.config.Activation;
import io.arkvale.llama.rope.Rope;
import io.arkvale.llama.weights.Linear;
import io.arkvale.llama.weights.Matrix;
import io.arkvale.llama.weights.RmsNorm;
import java.util.Arrays;
import java.util.List;

/**
 * What a forward pass does to rows between its attentions: the whole of a device's part in a model. Everything here acts
 * on each row by itself. Rows given as result do not overlap those given as input, unless an operation works in place.
 */
public interface DenseOperations {

    /** Rows of zeros. */
    Rows allocate(int rows, int width);

    /**
     * Rows of zeros that are written together: where it can, a device puts the first row of each beside that of the next,
     * so that one product writes all of them.
     *
     * @param widths of each
     */
    default List<Rows> allocateBeside(int rows, int... widths) {
        return Arrays.stream(widths).mapToObj(width -> allocate(rows, width)).toList();
    }

    /** Rows of zeros for logits: float32 also where other rows are kept in fewer bits. */
    default Rows allocateLogits(int rows, int width) {
        return allocate(rows, width);
    }

    /** Whole numbers for rows: tokens or positions. */
    Indices indices(int... values);

    /** A row for each token: its row of the embedding. */
    void embed(Matrix embedding, Indices tokens, Rows out);

    /** RMSNorm of each row, which is as wide as the norm. */
    void norm(RmsNorm norm, Rows in, Rows out);

    /** RMSNorm in place, of each run of numbers that is as wide as the norm: of heads, or of whole rows. */
    void normInPlace(RmsNorm norm, Rows rows);

    /** The products of the same rows with one or more linear layers, biases included; {@code outs[i]} is of layer i. */
    void multiply(Rows in, List<Linear> layers, List<Rows> outs);

    /**
     * The products of normed rows.
     *
     * @param scratch like {@code in}, for a device that norms first
     */
    default void multiplyNormed(RmsNorm norm, Rows in, List<Linear> layers, List<Rows> outs, Rows scratch) {
        norm(norm, in, scratch);
        multiply(scratch, layers, outs);
    }

    /**
     * Queries, keys and values of normed rows, the first two turned as {@link #rotate} does.
     *
     * @param scratch like {@code in}
     */
    default void multiplyAndRotate(
            RmsNorm norm,
            Rows in,
            List<Linear> layers,
            List<Rows> outs,
            Rope rope,
            int headDim,
            Indices positions,
            Rows scratch) {
        multiplyNormed(norm, in, layers, outs, scratch);
        rotate(rope, headDim, outs.subList(0, 2), positions);
    }

    /**
     * The products of normed rows with a gate and what it gates: {@code outs[0] = activation(outs[0]) · outs[1]}.
     *
     * @param outs the second one is scratch afterwards
     * @param scratch like {@code in}
     */
    default void multiplyAndActivate(
            RmsNorm norm, Rows in, List<Linear> layers, List<Rows> outs, Activation activation, Rows scratch) {
        multiplyNormed(norm, in, layers, outs, scratch);
        activate(activation, outs.get(0), outs.get(1));
    }

    /**
     * Adds the products with a layer: {@code target += factor · (W · in + b)}.
     *
     * @param scratch like {@code target}, for a device that computes the products first
     */
    default void addProducts(Rows in, Linear layer, float factor, Rows target, Rows scratch) {
        multiply(in, List.of(layer), List.of(scratch));
        if (factor != 1) {
            scale(scratch, factor);
        }
        add(target, scratch);
    }

    /** Turns each head, {@code headDim} numbers, of each row to the row's position; of one or more kinds of rows. */
    void rotate(Rope rope, int headDim, List<Rows> heads, Indices positions);

    /** {@code gate = activation(gate) · up}. */
    void activate(Activation activation, Rows gate, Rows up);

    /** Multiplies all numbers by one factor. */
    void scale(Rows rows, float factor);

    /** {@code target += update}. */
    void add(Rows target, Rows update);

    /** {@code to = from}. */
    void copy(Rows from, Rows to);
}
