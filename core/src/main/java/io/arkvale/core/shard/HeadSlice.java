package io.arkvale.core.shard;

import io.arkvale.api.ElementType;
import io.arkvale.api.Tensor;
import io.arkvale.core.tensor.HostMemory;
import java.lang.foreign.MemorySegment;

/**
 * Some of the heads of a tensor in host memory, lent to a shard for one call. Where the shard takes host memory nothing is
 * copied; elsewhere rows go to a tensor of the shard's, and come back from it when the slice is closed.
 */
final class HeadSlice implements AutoCloseable {
    private final HostMemory memory;
    private final long inRow;
    private final int rows;
    private final Tensor tensor;
    private final boolean comesBack;

    /**
     * Lends.
     *
     * @param memory of a tensor of all heads
     * @param rows rows that the call covers
     * @param first first head of the shard
     * @param heads heads of the shard
     * @param width elements of a head
     * @param isOutput whether the call writes it
     */
    HeadSlice(
            Shard shard,
            HostMemory memory,
            ElementType type,
            int rows,
            int first,
            int heads,
            int width,
            boolean isOutput) {
        this.memory = memory;
        this.rows = rows;
        inRow = (long) first * width * type.bytes();
        comesBack = isOutput && !shard.takesHostMemory();
        if (shard.takesHostMemory()) {
            var part = memory.segment().asSlice(inRow);
            tensor = shard.cache().wrap(part, type, rows, heads, width, memory.rowStride());
        } else {
            tensor = shard.cache().allocate(type, rows, heads, width);
            tensor.copyFrom(packed()); // of an output too: not every call writes every row
        }
    }

    private MemorySegment packed() {
        long rowBytes = tensor.rowBytes();
        var packed = MemorySegment.ofArray(new byte[Math.toIntExact(rows * rowBytes)]);
        for (int row = 0; row < rows; row++) {
            MemorySegment.copy(memory.segment(), memory.at(row) + inRow, packed, row * rowBytes, rowBytes);
        }
        return packed;
    }

    /** What the shard is given. */
    Tensor tensor() {
        return tensor;
    }

    @Override
    public void close() {
        if (comesBack) {
            spread(tensor, rows, memory, inRow);
        }
        tensor.close();
    }

    /**
     * Puts a shard's rows among those of all heads.
     *
     * @param inRow where in a row they begin, in bytes
     */
    static void spread(Tensor from, int rows, HostMemory memory, long inRow) {
        if (rows == 0) {
            return;
        }
        long rowBytes = from.rowBytes();
        var packed = MemorySegment.ofArray(new byte[Math.toIntExact(rows * rowBytes)]);
        from.copyTo(0, rows, packed);
        for (int row = 0; row < rows; row++) {
            MemorySegment.copy(packed, row * rowBytes, memory.segment(), memory.at(row) + inRow, rowBytes);
        }
    }
}
