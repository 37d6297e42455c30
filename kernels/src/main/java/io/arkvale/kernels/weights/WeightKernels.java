package io.arkvale.kernels.weights;

import io.arkvale.kernels.codec.ScalarCodec;
import io.arkvale.kernels.codec.VectorCodec;
import io.arkvale.kernels.matrix.MatrixKernels;
import io.arkvale.kernels.storage.FormatCodec;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;

/** One way of multiplying with weights, for each form in which they are kept. */
public final class WeightKernels {
    private static final WeightKernels SCALAR = new WeightKernels(
            MatrixKernels.scalar(), ScalarCodec::new, ScalarRowDots::new, ScalarEightBitDots.INSTANCE);
    private static final WeightKernels VECTOR = new WeightKernels(
            MatrixKernels.vector(),
            VectorCodec::of,
            format -> RowDots.VECTOR.of(format),
            VectorEightBitDots.SUPPORTED ? VectorEightBitDots.INSTANCE : ScalarEightBitDots.INSTANCE);

    private final MatrixKernels matrix;
    private final Function<StorageFormat, FormatCodec> codecs;
    private final Function<StorageFormat, RowDots> dots;
    private final EightBitDots eightBitDots;

    private WeightKernels(
            MatrixKernels matrix,
            Function<StorageFormat, FormatCodec> codecs,
            Function<StorageFormat, RowDots> dots,
            EightBitDots eightBitDots) {
        this.matrix = matrix;
        this.codecs = codecs;
        this.dots = dots;
        this.eightBitDots = eightBitDots;
    }

    /** Plain loops. */
    public static WeightKernels scalar() {
        return SCALAR;
    }

    /** The Vector API at the machine's preferred width. */
    public static WeightKernels vector() {
        return VECTOR;
    }

    /** An empty matrix, to be filled with weights in float32. */
    public PackedMatrix packed(int outputs, int inputs) {
        return new PackedMatrix(matrix, outputs, inputs);
    }

    /**
     * Weights that lie in {@code weights}, row by row, and stay there.
     *
     * @param weights {@code [outputs, inputs]} in {@code format}, valid as long as the matrix is used
     */
    public StoredMatrix stored(StorageFormat format, MemorySegment weights, int outputs, int inputs) {
        return StoredMatrix.of(matrix, codecs.apply(format), dots.apply(format), weights, outputs, inputs);
    }

    /** A matrix to be filled with weights of eight bits, in memory of {@code arena}. */
    public EightBitMatrix eightBits(int outputs, int inputs, Arena arena) {
        return new EightBitMatrix(matrix, eightBitDots, outputs, inputs, arena);
    }
}
