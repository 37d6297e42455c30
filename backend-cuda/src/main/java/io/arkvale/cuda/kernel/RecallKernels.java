package io.arkvale.cuda.kernel;

import io.arkvale.cuda.kernel.CacheStructs.Books;
import io.arkvale.cuda.kernel.CacheStructs.Layer;
import io.arkvale.cuda.kernel.CacheStructs.Pages;
import io.arkvale.cuda.kernel.CacheStructs.Shape;

/** What the kernels of {@code recall.cu} are given. */
public final class RecallKernels {
    private RecallKernels() {}

    /** Of {@code evictVictims}. */
    public record EvictVictimsArguments(Layer layer, Books books) implements KernelArguments {}

    /** Of {@code acquireSlots}. */
    public record AcquireSlotsArguments(Layer layer, Books books, long copies) implements KernelArguments {}

    /** Of {@code listResidents}. */
    public record ListResidentsArguments(Layer layer) implements KernelArguments {}

    /** Of {@code gather}. */
    public record GatherArguments(Layer layer, Pages pages) implements KernelArguments {}

    /** Of {@code backUp}. */
    public record BackUpArguments(Layer layer, Pages pages, long chunks, int extent) implements KernelArguments {}

    /** Of {@code bringBack}. */
    public record BringBackArguments(Shape shape, Pages pages, long sequences) implements KernelArguments {}
}
