package io.arkvale.kernels.storage;

import java.lang.foreign.MemorySegment;

/**
 * Bulk conversion between float32 arrays and stored numbers of one format. Every implementation gives the bits of
 * {@link StorageFormat#encode} and {@link StorageFormat#decode} (a NaN may come out as another NaN). Any number of
 * threads may use a codec at once. Nothing is allocated.
 *
 * <p>Accesses outside a segment or array throw {@link IndexOutOfBoundsException}.
 */
public interface FormatCodec {
    /** The format of the stored side. */
    StorageFormat format();

    /** Reads {@code count} numbers from byte {@code offset} of {@code source} into {@code target} from index {@code at}. */
    void decode(MemorySegment source, long offset, float[] target, int at, int count);

    /** Stores {@code count} numbers of {@code source} from index {@code at} to byte {@code offset} of {@code target}. */
    void encode(float[] source, int at, MemorySegment target, long offset, int count);

    /** Whether none of the {@code count} numbers from byte {@code offset} is infinite or NaN. */
    boolean allFinite(MemorySegment source, long offset, long count);
}
