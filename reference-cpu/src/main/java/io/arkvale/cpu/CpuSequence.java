package io.arkvale.cpu;

import io.arkvale.api.SequenceSpec;
import io.arkvale.api.support.PageTable;
import io.arkvale.api.support.PagedSequence;
import java.util.List;

/** A sequence: its settings, its length and what each layer stores. */
final class CpuSequence implements PagedSequence {
    final CpuCache cache;
    final SequenceSpec spec;
    final LayerPages[] layers;
    int length;
    boolean poisoned;
    private boolean closed;

    CpuSequence(CpuCache cache, SequenceSpec spec, LayerPages[] layers) {
        this.cache = cache;
        this.spec = spec;
        this.layers = layers;
    }

    @Override
    public SequenceSpec spec() {
        return spec;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public boolean isPoisoned() {
        return poisoned;
    }

    @Override
    public List<PageTable<Backup>> tables(int layer) {
        return layers[layer].groups;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        if (!closed) {
            cache.release(this);
            closed = true;
        }
    }

    /** Called when the whole cache closes and takes the memory with it. */
    void markClosed() {
        closed = true;
    }
}
