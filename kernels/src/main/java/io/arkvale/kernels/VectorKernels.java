package io.arkvale.kernels;

import io.arkvale.kernels.attention.AttentionKernel;
import io.arkvale.kernels.codec.VectorCodec;
import io.arkvale.kernels.coded.CodedScoreKernel;
import io.arkvale.kernels.coded.CodedShape;
import io.arkvale.kernels.digest.DigestKernel;
import io.arkvale.kernels.digest.ScoreKernel;
import io.arkvale.kernels.primitive.Registers;
import io.arkvale.kernels.storage.FormatCodec;
import io.arkvale.kernels.storage.StorageFormat;

/**
 * Kernels on the Vector API, at the machine's preferred width. Attention and scores compute on the segment itself,
 * which keeps the memory busy.
 */
final class VectorKernels implements Kernels {
    static final VectorKernels INSTANCE = new VectorKernels();

    private VectorKernels() {}

    @Override
    public String description() {
        return "vector " + Registers.FLOATS.vectorBitSize() + " bits";
    }

    @Override
    public FormatCodec codec(StorageFormat format) {
        return VectorCodec.of(format);
    }

    @Override
    public AttentionKernel attention(StorageFormat format, int queryHeads, int headDim, int pageSize) {
        return AttentionKernel.vector(format, queryHeads, headDim, pageSize);
    }

    @Override
    public DigestKernel digest(StorageFormat format, int headDim, int pageSize) {
        return DigestKernel.vector(codec(format), headDim, pageSize);
    }

    @Override
    public ScoreKernel score(StorageFormat format, int queryHeads, int headDim, int capacity) {
        return ScoreKernel.vector(format, queryHeads, headDim, capacity);
    }

    @Override
    public CodedScoreKernel codedScore(CodedShape shape, int queryHeads) {
        return CodedScoreKernel.vector(shape, queryHeads);
    }
}
