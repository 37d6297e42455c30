package io.arkvale.api;

/** A pool is too small for what a call would need. */
public final class CapacityException extends ImmediateException {
    private static final long serialVersionUID = 1L;

    private final String pool;
    private final long needed;
    private final long free;

    /**
     * Creates the error.
     *
     * @param pool what is short, with its unit, e.g. {@code device slots} or {@code bytes of device memory}
     * @param needed how many are needed
     * @param free how many are free
     */
    public CapacityException(String pool, long needed, long free) {
        super("out of " + pool + ": " + needed + " needed, " + free + " free"
                + (pool.contains("slots") ? "; CacheSpec.Builder.roomFor says what sequences need" : ""));
        this.pool = pool;
        this.needed = needed;
        this.free = free;
    }

    /** What is short, with its unit. */
    public String pool() {
        return pool;
    }

    /** How many the call needs. */
    public long needed() {
        return needed;
    }

    /** How many are free. */
    public long free() {
        return free;
    }
}
