package io.arkvale.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * IEEE half precision. The loops are plain, because the compiler turns them into the machine's own vector conversions,
 * which the Vector API does not offer.
 */
final class VectorF16Codec implements FormatCodec {
    static final VectorF16Codec INSTANCE = new VectorF16Codec();

    private VectorF16Codec() {}

    @Override
    public StorageFormat format() {
        return StorageFormat.F16;
    }

    @Override
    public void decode(MemorySegment source, long offset, float[] target, int at, int count) {
        for (int i = 0; i < count; i++) {
            short bits = source.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset + (long) Short.BYTES * i);
            target[at + i] = Float.float16ToFloat(bits);
        }
    }

    @Override
    public void encode(float[] source, int at, MemorySegment target, long offset, int count) {
        for (int i = 0; i < count; i++) {
            short bits = Float.floatToFloat16(source[at + i]);
            target.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset + (long) Short.BYTES * i, bits);
        }
    }

    @Override
    public boolean allFinite(MemorySegment source, long offset, long count) {
        return HalfScan.exponentsBelow(0x7c00, source, offset, count);
    }
}
