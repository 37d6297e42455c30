package io.arkvale.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Kernels on the Vector API, at the machine's preferred width. Attention and scores compute on the segment itself,
 * which keeps the memory busy.
 */
final class VectorKernels implements Kernels {
    /** Static and final, as the compiler needs it to turn vector calls into single instructions. */
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

    /** As many 32-bit lanes as {@link #FLOATS}. */
    static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());

    /** As many 16-bit lanes as {@link #FLOATS} has 32-bit ones. */
    static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));

    static final int LANES = FLOATS.length();

    static final VectorKernels INSTANCE = new VectorKernels();

    private VectorKernels() {}

    @Override
    public String description() {
        return "vector " + FLOATS.vectorBitSize() + " bits";
    }

    @Override
    public FormatCodec codec(StorageFormat format) {
        return switch (format) {
            case F32 -> VectorF32Codec.INSTANCE;
            case F16 -> VectorF16Codec.INSTANCE;
            case BF16 -> VectorBf16Codec.INSTANCE;
        };
    }

    @Override
    public AttentionKernel attention(StorageFormat format, int queryHeads, int headDim, int pageSize) {
        return new VectorAttention(format, queryHeads, headDim, pageSize);
    }

    @Override
    public DigestKernel digest(StorageFormat format, int headDim, int pageSize) {
        return new VectorDigest(codec(format), headDim, pageSize);
    }

    @Override
    public ScoreKernel score(StorageFormat format, int queryHeads, int headDim, int capacity) {
        return new VectorScore(format, queryHeads, headDim, capacity);
    }

    /** The padded length of a row of {@code length} numbers: whole pairs of vectors. */
    static int padded(int length) {
        int pair = 2 * LANES;
        return Math.multiplyExact(Math.ceilDiv(length, pair), pair);
    }
}
