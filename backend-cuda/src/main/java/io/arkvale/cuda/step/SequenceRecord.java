package io.arkvale.cuda.step;

import io.arkvale.api.Digest;
import io.arkvale.cuda.CudaCache;
import io.arkvale.cuda.CudaSequence;
import io.arkvale.cuda.kernel.CacheStructs.Coded;
import io.arkvale.cuda.kernel.CacheStructs.Digests;
import io.arkvale.cuda.kernel.CacheStructs.Sequence;
import io.arkvale.cuda.kernel.Serving;
import java.util.List;

/** What kernels are told of a sequence. */
final class SequenceRecord {
    /** The digests that {@code cache.cuh} names, in its order. */
    private static final List<Digest> NAMED = List.of(Digest.values());

    private SequenceRecord() {}

    /**
     * A sequence as kernels of a step are given it.
     *
     * @param length tokens before the step
     * @param tokens tokens that the step adds
     * @param row its first row in tensors that hold all tokens of the step
     */
    @SuppressWarnings("EnumOrdinal") // cache.cuh declares the same constants in the same order
    static Sequence of(
            CudaCache cache, CudaSequence sequence, int step, int length, int tokens, int row, Serving serving) {
        var spec = sequence.spec();
        boolean hasDigests = spec.isLimited();
        return new Sequence(
                sequence.onDevice(),
                hasDigests ? cache.digests.whole(spec.digest()) : Digests.NONE,
                hasDigests ? cache.digests.coded(spec.digest()) : Coded.NONE,
                sequence.limits(),
                step,
                length,
                tokens,
                kind(spec.digest()),
                spec.groupScore().ordinal(),
                spec.scope().ordinal(),
                row,
                serving.ordinal());
    }

    /** {@code Digest} of cache.cuh: the place among the seven, or behind them what is described. */
    private static int kind(Digest digest) {
        return digest.form().isWhole() ? NAMED.indexOf(digest) : NAMED.size();
    }
}
