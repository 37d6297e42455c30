package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.kernels.page.PageRows;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.MemorySegment;

/**
 * Keys and values as they come, in the cache's element type: for each KV head of the group the keys of the page, then the
 * values, each in the {@linkplain io.arkvale.kernels.page.Panels panels} that attention reads from first byte to last.
 */
final class PlainFormat implements PageFormat {
    private final PageRows rows;
    private final long headBytes;
    private final long slotBytes;

    PlainFormat(CacheSpec spec) {
        rows = new PageRows(StorageFormat.valueOf(spec.elementType().name()), spec.headDim(), spec.pageSize());
        headBytes = (long) spec.headDim() * spec.elementType().bytes() * spec.pageSize();
        slotBytes = spec.slotBytes();
    }

    @Override
    public long slotBytes() {
        return slotBytes;
    }

    @Override
    public void put(
            HostMemory keys,
            HostMemory values,
            long row,
            long inRow,
            int count,
            MemorySegment memory,
            long slot,
            int head,
            int token) {
        long to = keys(slot, head);
        rows.putKeys(keys.segment(), keys.at(row) + inRow, keys.rowStride(), count, memory, to, token);
        rows.putValues(
                values.segment(), values.at(row) + inRow, values.rowStride(), count, memory, to + headBytes, token);
    }

    @Override
    public void show(MemorySegment memory, long slot, int head, int tokens, HeadPage page) {
        page.memory = memory;
        page.keys = keys(slot, head);
        page.values = page.keys + headBytes;
    }

    private long keys(long slot, int head) {
        return slot + 2L * head * headBytes;
    }
}
