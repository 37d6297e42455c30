package io.arkvale.core;

import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;

/** A sequence of a {@link CheckedCache}: its settings and its length. What it stores is its subclass's. */
public abstract class CacheSequence implements Sequence {
    private final CheckedCache<?, ?> cache;
    private final SequenceSpec spec;
    private final Residence residence;
    private int length;
    private int reach;

    private boolean promptOpen;
    private boolean poisoned;
    private boolean closed;

    /** An empty sequence of a cache. */
    protected CacheSequence(CheckedCache<?, ?> cache, SequenceSpec spec) {
        this.cache = cache;
        this.spec = spec;
        residence = new Residence(cache.spec(), spec);
    }

    @Override
    public final SequenceSpec spec() {
        return spec;
    }

    /** What it keeps on the device. */
    public final Residence residence() {
        return residence;
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

    /** A step has been committed: what is outside the windows of its length is gone for good. */
    final void noteReach() {
        reach = Math.max(reach, length);
    }

    /** A fork lacks what the sequence lacks that it was forked from. */
    final void inherit(CacheSequence source) {
        reach = source.reach;
    }

    /** The greatest length that it, or what it was forked from, has had between steps. */
    public final int reach() {
        return reach;
    }

    /** The first page that it holds of a layer: those before have left the layer's window, and are gone for good. */
    public final int firstHeld(int layer) {
        return residence.firstKept(layer, reach);
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
