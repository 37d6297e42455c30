package io.arkvale.api;

/**
 * The queue of a device that a cache's calls go to. With it a caller orders launches of its own before and after them, and
 * the host waits for neither. Valid until the cache is closed.
 */
public interface DeviceQueue {
    /**
     * The device's name for the queue; on CUDA a {@code CUstream} of the device's primary context. The caller's
     * launches on it are ordered with the cache's calls, as these are with each other.
     */
    long handle();

    /**
     * Lets every later call of the cache wait for an event of the caller's.
     *
     * @param event the device's name for it; on CUDA a {@code CUevent}
     * @throws InvalidArgumentException if the device knows no such event
     * @throws ClosedException if the cache is closed
     * @throws BackendLostException if the device failed for good
     */
    void await(long event);

    /**
     * Records an event of the caller's. It is complete once every earlier call of the cache has taken effect; copies to
     * the backup tiers may still be under way.
     *
     * @param event the device's name for it; on CUDA a {@code CUevent}
     * @throws InvalidArgumentException if the device knows no such event
     * @throws ClosedException if the cache is closed
     * @throws BackendLostException if the device failed for good
     */
    void record(long event);
}
