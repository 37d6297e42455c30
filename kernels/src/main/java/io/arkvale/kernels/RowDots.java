package io.arkvale.kernels;

import java.lang.foreign.MemorySegment;

/** Dot products of stored rows with one vector: the products of a decode step. An implementation belongs to one format. */
interface RowDots {
    /** The vector code for a format, shared by all: it has no state. */
    static RowDots of(StorageFormat format) {
        return switch (format) {
            case F32 -> Copies.F32;
            case F16 -> Copies.F16;
            case BF16 -> Copies.BF16;
        };
    }

    /** A copy of the vector code for each format, made when the first is asked for. */
    final class Copies {
        private static final RowDots F32 = copy(VectorF32Codec.INSTANCE);
        private static final RowDots F16 = copy(VectorF16Codec.INSTANCE);
        private static final RowDots BF16 = copy(VectorBf16Codec.INSTANCE);

        private static RowDots copy(VectorCodec codec) {
            return ClassCopy.of(VectorRowDots.class, RowDots.class, codec);
        }

        private Copies() {}
    }

    /**
     * Computes {@code c[i] = row i · x} for up to {@link StoredRows#TOGETHER} rows.
     *
     * @param offset of the first row, in bytes
     * @param rowBytes from one row to the next
     * @param depth length of the rows and of x
     * @param scratch at least {@link StoredRows#scratch()} numbers
     */
    void dot(
            MemorySegment memory,
            long offset,
            long rowBytes,
            int rows,
            int depth,
            float[] x,
            int xOffset,
            float[] c,
            int cOffset,
            float[] scratch);
}
