package io.arkvale.cuda;

import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import java.util.ArrayList;
import java.util.List;

/** A sequence: its settings, its length, its tables on the device and its backup slots. */
final class CudaSequence implements Sequence {
    final CudaCache cache;
    final SequenceSpec spec;

    /** Backup slots of each filled page: {@code [limited layers][headGroups]}, shared by forks and never changed. */
    final List<int[]> backups = new ArrayList<>();

    Tables tables;
    Memory.OnDevice block;
    int length;
    boolean poisoned;

    /** The block as it was at a version of the cache, for views. */
    int[] copy = new int[0];

    long copyVersion = -1;
    private boolean closed;

    CudaSequence(CudaCache cache, SequenceSpec spec, Tables tables, Memory.OnDevice block) {
        this.cache = cache;
        this.spec = spec;
        this.tables = tables;
        this.block = block;
    }

    int limitedLayers() {
        return spec.isLimited() ? Math.max(0, cache.spec.layers() - spec.denseLayers()) : 0;
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

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        try (var _ = cache.lock.begin()) {
            if (!closed) {
                cache.release(this);
                closed = true;
            }
        }
    }

    /** Called when the whole cache closes and takes the memory with it. */
    void markClosed() {
        closed = true;
    }
}
