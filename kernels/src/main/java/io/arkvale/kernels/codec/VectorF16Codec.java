package io.arkvale.kernels.codec;

import static io.arkvale.kernels.primitive.Registers.INTS;
import static io.arkvale.kernels.primitive.Registers.SHORTS;

import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * IEEE half precision. The loops of bulk conversion are plain, because the compiler turns them into the machine's own
 * vector conversions, which the Vector API does not offer.
 */
final class VectorF16Codec implements VectorCodec {
    static final VectorF16Codec INSTANCE = new VectorF16Codec();

    /** 2^112: the difference of the two formats' exponents. */
    private static final float REBIAS = 0x1p112f;

    private VectorF16Codec() {}

    @Override
    public StorageFormat format() {
        return StorageFormat.F16;
    }

    @Override
    public FloatVector load(MemorySegment source, long offset) {
        // Shifted into place, and cleared of the copies of the sign that widening left above the exponent, the bits are
        // those of the number times 2^-112, subnormal numbers included.
        return ShortVector.fromMemorySegment(SHORTS, source, offset, ByteOrder.nativeOrder())
                .convertShape(VectorOperators.S2I, INTS, 0)
                .reinterpretAsInts()
                .lanewise(VectorOperators.LSHL, 13)
                .and(0x8fffe000)
                .reinterpretAsFloats()
                .mul(REBIAS);
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
