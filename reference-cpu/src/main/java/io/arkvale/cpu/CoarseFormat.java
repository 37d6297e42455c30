package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities.RowBound;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.kernels.page.PageRows;
import io.arkvale.kernels.storage.FormatCodec;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Keys and values in 8 or 4 bits per element, with a float32 scale per token and head: an element is the scale times a whole
 * number from {@code −levels} to {@code levels}. For each KV head of the group the keys of the page, then the values, each
 * {@code [pageSize]} rows of scale and whole numbers. Kernels read a page widened to the cache's element type.
 */
final class CoarseFormat implements PageFormat {
    private final CacheSpec spec;
    private final int bits;
    private final int levels;
    private final FormatCodec codec;
    private final PageRows rows;
    private final long rowBytes;
    private final long headBytes;

    /** @param bits 8 or 4 */
    CoarseFormat(CacheSpec spec, FormatCodec codec, int bits) {
        this.spec = spec;
        this.codec = codec;
        this.bits = bits;
        levels = levels(bits);
        rows = new PageRows(StorageFormat.valueOf(spec.elementType().name()), spec.headDim(), spec.pageSize());
        rowBytes = Float.BYTES + Math.ceilDiv((long) spec.headDim() * bits, Byte.SIZE);
        headBytes = rowBytes * spec.pageSize();
    }

    private static int levels(int bits) {
        return (1 << (bits - 1)) - 1;
    }

    /**
     * How far a stored row may lie from the row given: half a step, what rounding the scale and the product to float32 adds,
     * and rounding to the element type, of which bfloat16 is the coarsest with half of {@code 2^−7}. A row whose scale
     * underflows is lost, and rounding to a subnormal number of float16 may take half of {@code 2^−24}.
     */
    static RowBound bound(int bits) {
        return new RowBound(0.5 / levels(bits) + 0x1p-8 + 0x1p-22, 0x1p-24);
    }

    @Override
    public long slotBytes() {
        return Math.multiplyExact(2L * spec.kvHeadsPerGroup(), headBytes);
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
        var numbers = new float[spec.headDim()];
        long first = slot + 2L * head * headBytes + token * rowBytes;
        for (int i = 0; i < count; i++) {
            codec.decode(keys.segment(), keys.at(row + i) + inRow, numbers, 0, numbers.length);
            put(numbers, memory, first + i * rowBytes);
            codec.decode(values.segment(), values.at(row + i) + inRow, numbers, 0, numbers.length);
            put(numbers, memory, first + headBytes + i * rowBytes);
        }
    }

    private void put(float[] row, MemorySegment memory, long at) {
        float largest = 0;
        for (float number : row) {
            largest = Math.max(largest, Math.abs(number));
        }
        float scale = largest / levels;
        memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, scale);
        for (int i = 0; i < row.length; i += Byte.SIZE / bits) {
            int packed = 0;
            for (int part = 0; part < Byte.SIZE / bits && i + part < row.length; part++) {
                int steps = scale == 0 ? 0 : Math.clamp(Math.round(row[i + part] / scale), -levels, levels);
                packed |= (steps & ((1 << bits) - 1)) << (part * bits);
            }
            memory.set(ValueLayout.JAVA_BYTE, at + Float.BYTES + (long) i * bits / Byte.SIZE, (byte) packed);
        }
    }

    @Override
    public void show(MemorySegment memory, long slot, int head, int tokens, HeadPage page) {
        page.showScratch();
        long keys = slot + 2L * head * headBytes;
        for (int token = 0; token < tokens; token++) {
            widen(memory, keys + token * rowBytes, page);
            rows.putKeys(page.row, 0, 0, 1, page.memory, page.keys, token);
            widen(memory, keys + headBytes + token * rowBytes, page);
            rows.putValues(page.row, 0, 0, 1, page.memory, page.values, token);
        }
    }

    private void widen(MemorySegment memory, long at, HeadPage page) {
        float scale = memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
        for (int i = 0; i < spec.headDim(); i++) {
            long bit = (long) i * bits;
            int packed = memory.get(ValueLayout.JAVA_BYTE, at + Float.BYTES + bit / Byte.SIZE);
            int above = Integer.SIZE - bits - (int) (bit % Byte.SIZE);
            float number = (packed << above >> (Integer.SIZE - bits)) * scale;
            page.numbers[i] =
                    Math.clamp(number, -Float.MAX_VALUE, Float.MAX_VALUE); // of the largest numbers it overflows
        }
        codec.encode(page.numbers, 0, page.row, 0, spec.headDim());
    }
}
