package io.arkvale.cuda;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities.RowBound;
import io.arkvale.core.tensor.Elements;
import io.arkvale.cuda.kernel.Store;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Where rows lie in a slot, and how they read, as {@code stored.cuh} has it. */
public record SlotLayout(CacheSpec spec, Store store) {
    /** Slots in 8 bits are a multiple of so many bytes, in which {@code attend.cu} notes where rows are. */
    static final int UNIT = 64;

    /** Scales begin at a multiple of so many bytes. */
    private static final int SCALES = 16;

    private static final int BIAS = 128;
    private static final int MOST = 127;
    /** The largest number of E4M3, and half the step to the one below it. */
    private static final int MOST_FP8 = 448;

    private static final int HALF_STEP_FP8 = 16;

    /**
     * How far a stored row may lie from the row given. In 8 bits half a step, of whole numbers any and of E4M3 the longest,
     * which the scale's rounding up makes longer, and rounding to the element type, of which bfloat16 is the coarsest with half
     * of {@code 2^−7}; or, where the largest element type's numbers would read as infinity, a scale that is rounded down, by
     * {@code 2^−7} at most. A scale that is a subnormal number of float16 is {@code 2^−24} too large at most, and a result half
     * of that off.
     */
    public static RowBound bound(Store store) {
        return switch (store) {
            case ELEMENT -> RowBound.EXACT;
            case INT8 -> new RowBound(0.5 / MOST + 0x1p-7, 0x1p-24);
            case FP8 -> new RowBound((double) HALF_STEP_FP8 / MOST_FP8 + 0x1p-7, (HALF_STEP_FP8 + 0.5) * 0x1p-24);
        };
    }

    private long rows() {
        return 2L * spec.kvHeadsPerGroup() * spec.pageSize();
    }

    /** Bytes of a slot, on the device and as a backup. */
    public long slotBytes() {
        return switch (store) {
            case ELEMENT -> spec.slotBytes();
            case INT8, FP8 -> roundUp(scalesAt() + Float.BYTES * rows(), UNIT);
        };
    }

    /** Where the scales begin; 0 if there are none. */
    public long scalesAt() {
        return switch (store) {
            case ELEMENT -> 0;
            case INT8, FP8 -> roundUp(rows() * spec.headDim(), SCALES);
        };
    }

    private static long roundUp(long bytes, int multiple) {
        return Math.ceilDiv(bytes, multiple) * multiple;
    }

    /** Shows the rows of a slot in the cache's element type. */
    public void unpack(MemorySegment slot, MemorySegment rows) {
        switch (store) {
            case ELEMENT -> rows.copyFrom(slot);
            case INT8, FP8 -> widen(slot, rows);
        }
    }

    private void widen(MemorySegment slot, MemorySegment rows) {
        for (long row = 0; row < rows(); row++) {
            float scale = slot.get(ValueLayout.JAVA_FLOAT_UNALIGNED, scalesAt() + Float.BYTES * row);
            for (long i = row * spec.headDim(); i < (row + 1) * spec.headDim(); i++) {
                Elements.set(rows, spec.elementType(), i, scale * number(slot.get(ValueLayout.JAVA_BYTE, i)));
            }
        }
    }

    private float number(byte stored) {
        return store == Store.FP8 ? ofFp8(stored) : Byte.toUnsignedInt(stored) - BIAS;
    }

    /** What eight bits of E4M3 stand for: a sign, four bits of exponent, three of fraction. */
    static float ofFp8(byte bits) {
        int exponent = bits >> 3 & 0xf;
        int fraction = bits & 7;
        float magnitude = exponent == 0 ? Math.scalb((float) fraction, -9) : Math.scalb(8f + fraction, exponent - 10);
        return bits < 0 ? -magnitude : magnitude;
    }
}
