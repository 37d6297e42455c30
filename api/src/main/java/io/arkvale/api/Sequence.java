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

    /**
     * Whether its prompt goes on: the last step ended it with {@link Batch.Role#PROMPT} or {@link Batch.Role#INGEST}, or it
     * was forked with settings of its own, and it has neither decoded nor ended its prompt since. It may then hold all of its
     * pages, whatever its budget.
     */
    default boolean isPromptOpen() {
        return false;
    }

    /** Whether a deferred error concerned it: it can then only be closed. */
    boolean isPoisoned();

    /**
     * Gives every device slot, backup, digest and file that no fork shares back to the pools; closing twice is harmless.
     *
     * @throws CallOrderException if it is in the batch of an open step
     */
    @Override
    void close();
}
