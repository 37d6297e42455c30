package io.arkvale.cuda.kernel;

import io.arkvale.cuda.kernel.CacheStructs.Layer;
import io.arkvale.cuda.kernel.CacheStructs.Pages;

/** What the kernels of attention are given: {@code attended.cuh} and {@code prefill.cuh}. */
public final class AttentionKernels {
    private AttentionKernels() {}

    /** Of every kernel that attends in decode. */
    public record AttendArguments(
            Layer layer,
            Pages pages,
            long queries,
            long output,
            long partials,
            long tickets,
            int arrival,
            int splits,
            int splitTarget)
            implements KernelArguments {}

    /** Of every kernel that attends in prefill. */
    public record PrefillArguments(Layer layer, Pages pages, long chunks, long queries, long output)
            implements KernelArguments {}
}
