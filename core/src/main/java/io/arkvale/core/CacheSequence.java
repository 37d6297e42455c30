package io.arkvale.core;

import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;

/** A sequence of a {@link CheckedCache}: its settings and its length. What it stores is its subclass's. */
public abstract class CacheSequence implements Sequence {
    private final CheckedCache<?, ?> cache;
    private final SequenceSpec spec;
    private int length;
    private boolean promptOpen;
    private boolean poisoned;
    private boolean closed;

    /** An empty sequence of a cache. */
    protected CacheSequence(CheckedCache<?, ?> cache, SequenceSpec spec) {
        this.cache = cache;
        this.spec = spec;
    }

    @Override
    public final SequenceSpec spec() {
        return spec;
    }

    @Override
    public final int length() {
        return length;
    }

    @Override
    public final boolean isPromptOpen() {
        return promptOpen;
    }

    @Override
    public final boolean isPoisoned() {
        return poisoned;
    }

    final boolean isOf(CheckedCache<?, ?> other) {
        return cache.equals(other);
    }

    final boolean isClosed() {
        return closed;
    }

    /** Sets the length: a step opens or is given up, or tokens are taken back. */
    final void setLength(int length) {
        this.length = length;
    }

    /** Says whether its prompt goes on. */
    final void setPromptOpen(boolean open) {
        promptOpen = open;
    }

    /** From now on it can only be closed. */
    public final void poison() {
        poisoned = true;
    }

    @Override
    public final void close() {
        cache.close(this);
    }

    /** Called when it has closed, or the whole cache closes and takes the memory with it. */
    final void markClosed() {
        closed = true;
    }
}
