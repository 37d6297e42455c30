package io.arkvale.cuda.kernel;

import io.arkvale.cuda.kernel.CacheStructs.Books;
import io.arkvale.cuda.kernel.CacheStructs.Layer;
import io.arkvale.cuda.kernel.CacheStructs.Pages;

/** What the kernels of {@code append.cu} are given. */
public final class AppendKernels {
    private AppendKernels() {}

    /** Keys and values that a call brings: [rows][kvHeads][headDim]. */
    public record Tokens(long keys, long values) implements Struct {}

    /** Of {@code append}. */
    public record AppendArguments(Layer layer, Pages pages, Books books, Tokens tokens, long queries, long flags)
            implements KernelArguments {}

    /** Of {@code openPages}. */
    public record OpenPagesArguments(Layer layer, Pages pages, Books books, long chunks) implements KernelArguments {}

    /** Of {@code store}. */
    public record StoreArguments(Layer layer, Pages pages, Tokens tokens, long chunks, long flags)
            implements KernelArguments {}

    /** Of {@code finite}. */
    public record FiniteArguments(long sequences, long chunks, long values, long flags, int heads, int headDim)
            implements KernelArguments {}
}
