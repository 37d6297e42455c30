package io.arkvale.kernels;

import io.arkvale.kernels.causal.CausalAttention;
import io.arkvale.kernels.causal.PackedKeyValues;
import io.arkvale.kernels.causal.SoftmaxKernels;
import io.arkvale.kernels.matrix.MatrixKernels;
import io.arkvale.kernels.row.RowKernels;
import io.arkvale.kernels.storage.FormatCodec;
import io.arkvale.kernels.storage.StorageFormat;
import io.arkvale.kernels.weights.EightBitMatrix;
import io.arkvale.kernels.weights.PackedMatrix;
import io.arkvale.kernels.weights.StoredMatrix;
import io.arkvale.kernels.weights.WeightKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One way of computing a dense forward pass on the CPU. The two ways keep the same contract; they differ in speed and
 * in rounding. All parts are stateless and shared by all threads.
 */
public final class DenseKernels {

    private static final DenseKernels SCALAR = new DenseKernels(
            Kernels.scalar(),
            MatrixKernels.scalar(),
            RowKernels.scalar(),
            SoftmaxKernels.scalar(),
            WeightKernels.scalar());
    private static final DenseKernels VECTOR = new DenseKernels(
            Kernels.vector(),
            MatrixKernels.vector(),
            RowKernels.vector(),
            SoftmaxKernels.vector(),
            WeightKernels.vector());

    private final Kernels storage;
    private final MatrixKernels matrix;
    private final RowKernels rows;
    private final SoftmaxKernels softmax;
    private final WeightKernels weights;

    private DenseKernels(
            Kernels storage, MatrixKernels matrix, RowKernels rows, SoftmaxKernels softmax, WeightKernels weights) {
        this.storage = storage;
        this.matrix = matrix;
        this.rows = rows;
        this.softmax = softmax;
        this.weights = weights;
    }

    /** Plain Java loops: the readable definition. */
    public static DenseKernels scalar() {
        return SCALAR;
    }

    /** The Vector API at the machine's preferred width. */
    public static DenseKernels vector() {
        return VECTOR;
    }

    /** The name for tables and messages, such as {@code "scalar"} or {@code "vector 512 bits"}. */
    public String description() {
        return storage.description();
    }

    /** Block products. */
    public MatrixKernels matrix() {
        return matrix;
    }

    /** Norms, rotations and gates of single rows. */
    public RowKernels rows() {
        return rows;
    }

    /** Steps of an online softmax. */
    public SoftmaxKernels softmax() {
        return softmax;
    }

    /** An empty matrix of weights, for products with these kernels. */
    public PackedMatrix matrix(int outputs, int inputs) {
        return weights.packed(outputs, inputs);
    }

    /**
     * Weights that lie in {@code weights}, row by row, and stay there.
     *
     * @param weights {@code [outputs, inputs]} in {@code format}, valid as long as the matrix is used
     */
    public StoredMatrix stored(StorageFormat format, MemorySegment weights, int outputs, int inputs) {
        return this.weights.stored(format, weights, outputs, inputs);
    }

    /** A matrix to be filled with weights of eight bits, in memory of {@code arena}. */
    public EightBitMatrix eightBits(int outputs, int inputs, Arena arena) {
        return weights.eightBits(outputs, inputs, arena);
    }

    /** Bulk conversion of stored numbers. */
    public FormatCodec codec(StorageFormat format) {
        return storage.codec(format);
    }

    /**
     * Causal attention of the {@code queryHeads} query heads that share one KV head, with scores scaled by
     * {@code 1/√headDim}.
     */
    public CausalAttention causalAttention(int queryHeads, int headDim) {
        return causalAttention(queryHeads, headDim, 1 / Math.sqrt(headDim));
    }

    /** The same with scores scaled by {@code scale}. */
    public CausalAttention causalAttention(int queryHeads, int headDim, double scale) {
        return new CausalAttention(matrix, softmax, queryHeads, headDim, scale);
    }

    /** An empty store of packed keys and values of one KV head, for {@link #causalAttention}. */
    public PackedKeyValues keyValues(StorageFormat format, int headDim) {
        return new PackedKeyValues(matrix, codec(format), headDim);
    }

    /** The same in float32. */
    public PackedKeyValues keyValues(int headDim) {
        return keyValues(StorageFormat.F32, headDim);
    }

    @Override
    public String toString() {
        return description();
    }
}
