package io.arkvale.cuda.kernel;

import io.arkvale.cuda.kernel.CacheStructs.Digests;
import io.arkvale.cuda.kernel.CacheStructs.Layer;
import io.arkvale.cuda.kernel.CacheStructs.Pages;

/** What the kernel of {@code digest.cu} is given. */
public final class DigestKernels {
    private DigestKernels() {}

    /** Of the one kernel. */
    public record DigestArguments(Layer layer, Pages pages, Digests digests, long holders, long chunks)
            implements KernelArguments {}
}
