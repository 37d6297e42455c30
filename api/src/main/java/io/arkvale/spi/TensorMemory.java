package io.arkvale.spi;

import java.lang.foreign.MemorySegment;

/**
 * The memory of one tensor on a device. {@link PageDevice#allocate} makes it; the core checks every range before it asks,
 * so that no method needs to.
 */
public interface TensorMemory extends AutoCloseable {
    /** Copies {@code bytes} bytes from the start of {@code source} to offset {@code at}. Returns when the source may change. */
    void write(long at, MemorySegment source, long bytes);

    /** Copies {@code bytes} bytes from offset {@code at} to the start of {@code target}, after every earlier call. */
    void read(long at, MemorySegment target, long bytes);

    /** Bytes allocated. */
    long bytes();

    /** Frees the memory; called once. */
    @Override
    void close();
}
