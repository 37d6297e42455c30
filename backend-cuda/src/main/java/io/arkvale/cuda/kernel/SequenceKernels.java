package io.arkvale.cuda.kernel;

import io.arkvale.cuda.kernel.CacheStructs.Books;
import io.arkvale.cuda.kernel.CacheStructs.Shape;

/** What the kernels of {@code sequence.cu} are given. */
public final class SequenceKernels {
    private SequenceKernels() {}

    /** Of {@code installBackups}. */
    public record InstallBackupsArguments(Shape shape, long sequences, long chunks, long slots)
            implements KernelArguments {}

    /** Of {@code retainSlots}. */
    public record RetainSlotsArguments(Shape shape, Books books, long sequence) implements KernelArguments {}

    /** Of {@code releaseSlots}. */
    public record ReleaseSlotsArguments(Shape shape, Books books, long sequence) implements KernelArguments {}

    /** Of {@code growTables}. */
    public record GrowTablesArguments(Shape shape, long sequence) implements KernelArguments {}

    /** Of {@code freeAllSlots}. */
    public record FreeAllSlotsArguments(Books books) implements KernelArguments {}

    /** Of {@code copyAll}. */
    public record CopyAllArguments(long copies) implements KernelArguments {}
}
