package io.arkvale.cuda.kernel;

import io.arkvale.cuda.kernel.CacheStructs.Books;
import io.arkvale.cuda.kernel.CacheStructs.Layer;

/** What the kernel of {@code select.cu} is given. */
public final class SelectKernels {
    private SelectKernels() {}

    /** Of {@code selectPages}. */
    public record SelectPagesArguments(
            Layer layer,
            Books books,
            long scores,
            long offsets,
            long keys,
            long evicted,
            long recalled,
            long copies,
            int mode,
            int forked)
            implements KernelArguments {}
}
