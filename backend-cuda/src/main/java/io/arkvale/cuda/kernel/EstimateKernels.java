package io.arkvale.cuda.kernel;

import io.arkvale.cuda.kernel.CacheStructs.Digests;
import io.arkvale.cuda.kernel.CacheStructs.Layer;

/** What the kernels of {@code estimate.cu} are given. */
public final class EstimateKernels {
    private EstimateKernels() {}

    /** Of {@code estimateMean}. */
    public record EstimateMeanArguments(Layer layer, Digests digests, long queries, long scores, long offsets, int mode)
            implements KernelArguments {}

    /** Of {@code estimateHeads}. */
    public record EstimateHeadsArguments(
            Layer layer, Digests digests, long queries, long headScores, long offsets, int mode)
            implements KernelArguments {}

    /** Of {@code estimateGroups}. */
    public record EstimateGroupsArguments(Layer layer, long headScores, long scores, long offsets, int mode)
            implements KernelArguments {}
}
