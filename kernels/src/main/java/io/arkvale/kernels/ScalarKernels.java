package io.arkvale.kernels;

import io.arkvale.kernels.attention.AttentionKernel;
import io.arkvale.kernels.codec.ScalarCodec;
import io.arkvale.kernels.coded.CodedScoreKernel;
import io.arkvale.kernels.coded.CodedShape;
import io.arkvale.kernels.digest.DigestKernel;
import io.arkvale.kernels.digest.ScoreKernel;
import io.arkvale.kernels.storage.FormatCodec;
import io.arkvale.kernels.storage.StorageFormat;

/** Every kernel as plain loops: the readable definition of what the others compute. */
final class ScalarKernels implements Kernels {
    static final ScalarKernels INSTANCE = new ScalarKernels();

    private ScalarKernels() {}

    @Override
    public String description() {
        return "scalar";
    }

    @Override
    public FormatCodec codec(StorageFormat format) {
        return new ScalarCodec(format);
    }

    @Override
    public AttentionKernel attention(StorageFormat format, int queryHeads, int headDim, int pageSize) {
        return AttentionKernel.scalar(format, queryHeads, headDim, pageSize);
    }

    @Override
    public DigestKernel digest(StorageFormat format, int headDim, int pageSize) {
        return DigestKernel.scalar(codec(format), headDim, pageSize);
    }

    @Override
    public ScoreKernel score(StorageFormat format, int queryHeads, int headDim, int capacity) {
        return ScoreKernel.scalar(format, queryHeads, headDim, capacity);
    }

    @Override
    public CodedScoreKernel codedScore(CodedShape shape, int queryHeads) {
        return CodedScoreKernel.scalar(shape, queryHeads);
    }
}
