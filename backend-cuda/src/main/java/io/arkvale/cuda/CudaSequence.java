package io.arkvale.cuda;

import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.cuda.driver.Memory;
import java.util.ArrayList;
import java.util.List;

/** A sequence: its settings, its length, its tables on the device and its backup slots. */
public final class CudaSequence implements Sequence {
    public final CudaCache cache;
    public final SequenceSpec spec;

    /** Backup slots of each filled page: {@code [limited layers][headGroups]}, shared by forks and never changed. */
    public final List<int[]> backups = new ArrayList<>();

    public Tables tables;
    public Memory.OnDevice block;
    public int length;
    public boolean poisoned;

    /** The block as it was at a version of the cache, for views. */
    public int[] copy = new int[0];

    public long copyVersion = -1;
    private boolean closed;

    public CudaSequence(CudaCache cache, SequenceSpec spec, Tables tables, Memory.OnDevice block) {
        this.cache = cache;
        this.spec = spec;
        this.tables = tables;
        this.block = block;
    }

    public int limitedLayers() {
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

    public boolean isClosed() {
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
    public void markClosed() {
        closed = true;
    }
}
