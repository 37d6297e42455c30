package io.arkvale.api;

/** A running backend on one device. Safe for use by several threads. */
public interface Backend extends AutoCloseable {
    /** Id of the provider that created it. */
    String id();

    /** The device in words, as {@code arkvale backends} prints it. */
    String device();

    /** What it declares it can do. */
    Capabilities capabilities();

    /**
     * Opens a cache, owned by the caller.
     *
     * @throws UnsupportedSpecException if the specification is outside the capabilities
     * @throws CapacityException if the memory for its pools cannot be had
     * @throws InvalidArgumentException if the disk directory does not exist or cannot be written
     * @throws ClosedException if the backend is closed
     */
    KvCache open(CacheSpec spec);

    /** Memory in use by all open caches. */
    MemoryUse memory();

    /** What all of its caches have done, closed ones too. */
    CacheStats stats();

    /** Closes every cache and frees the device; closing twice is harmless. */
    @Override
    void close();
}
