package io.arkvale.spi;

import java.lang.foreign.MemorySegment;

/**
 * The memory of one tensor on a device. {@link PageDevice#allocate} makes it, or {@link PageDevice#wrap} over the caller's. The
 * core checks every range before it asks, so that no method needs to.
 */
public interface TensorMemory extends AutoCloseable {
    /** Copies {@code bytes} bytes from the start of {@code source} to offset {@code at}. Returns when the source may change. */
    void write(long at, MemorySegment source, long bytes);

    /** Copies {@code bytes} bytes from offset {@code at} to the start of {@code target}, after every earlier call. */
    void read(long at, MemorySegment target, long bytes);

    /** Bytes, from the first of the first row to the last of the last. */
    long bytes();

    /** Bytes from one row to the next. */
    long rowStride();

    /**
     * Where it lies, {@link #bytes} long. Only asked if the backend declares that tensors may lie over memory of the caller's.
     */
    default MemorySegment segment() {
        throw new UnsupportedOperationException("the backend declares no tensors over memory of the caller's");
    }

    /** Copies whole rows of {@code rowBytes} bytes from the start of {@code source}, which has no gaps. */
    default void writeRows(long first, long count, long rowBytes, MemorySegment source) {
        if (rowStride() == rowBytes) {
            write(first * rowBytes, source, count * rowBytes);
            return;
        }
        for (long row = 0; row < count; row++) {
            write((first + row) * rowStride(), source.asSlice(row * rowBytes), rowBytes);
        }
    }

    /** Copies whole rows of {@code rowBytes} bytes to the start of {@code target}, without gaps. */
    default void readRows(long first, long count, long rowBytes, MemorySegment target) {
        if (rowStride() == rowBytes) {
            read(first * rowBytes, target, count * rowBytes);
            return;
        }
        for (long row = 0; row < count; row++) {
            read((first + row) * rowStride(), target.asSlice(row * rowBytes), rowBytes);
        }
    }

    /** Frees the memory unless it is the caller's; called once. */
    @Override
    void close();
}
