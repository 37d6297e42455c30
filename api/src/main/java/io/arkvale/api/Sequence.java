package io.arkvale.api;

/**
 * One text in a cache. Made by {@link KvCache#begin} or {@link KvCache#fork}; freed by {@link #close()} or with its
 * cache.
 */
public interface Sequence extends AutoCloseable {
    /** The settings it was begun with. */
    SequenceSpec spec();

    /** Tokens stored, those of an open step included. */
    int length();

    /** Whether a deferred error concerned it: it can then only be closed. */
    boolean isPoisoned();

    /**
     * Gives every device slot, backup, digest and file that no fork shares back to the pools; closing twice is harmless.
     *
     * @throws CallOrderException if a step is open on the cache
     */
    @Override
    void close();
}
