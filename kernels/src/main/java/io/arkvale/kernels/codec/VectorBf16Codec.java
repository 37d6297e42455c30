package io.arkvale.kernels.codec;

import static io.arkvale.kernels.primitive.Registers.FLOATS;
import static io.arkvale.kernels.primitive.Registers.INTS;
import static io.arkvale.kernels.primitive.Registers.LANES;
import static io.arkvale.kernels.primitive.Registers.SHORTS;

import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** The upper halves of float32 numbers: decoding shifts them up, encoding rounds with integer arithmetic. */
final class VectorBf16Codec implements VectorCodec {
    static final VectorBf16Codec INSTANCE = new VectorBf16Codec();

    private VectorBf16Codec() {}

    @Override
    public StorageFormat format() {
        return StorageFormat.BF16;
    }

    @Override
    public FloatVector load(MemorySegment source, long offset) {
        return ShortVector.fromMemorySegment(SHORTS, source, offset, ByteOrder.nativeOrder())
                .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0)
                .reinterpretAsInts()
                .lanewise(VectorOperators.LSHL, 16)
                .reinterpretAsFloats();
    }

    @Override
    public void decode(MemorySegment source, long offset, float[] target, int at, int count) {
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            load(source, offset + (long) i * Short.BYTES).intoArray(target, at + i);
        }
        ScalarCodec.BF16.decode(source, offset + (long) i * Short.BYTES, target, at + i, count - i);
    }

    @Override
    public void encode(float[] source, int at, MemorySegment target, long offset, int count) {
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            var value = FloatVector.fromArray(FLOATS, source, at + i);
            var bits = value.reinterpretAsInts();
            var upper = bits.lanewise(VectorOperators.LSHR, 16);
            var rounded = bits.add(0x7fff).add(upper.and(1)).lanewise(VectorOperators.LSHR, 16);
            var isNaN = value.test(VectorOperators.IS_NAN).cast(INTS);
            rounded.blend(upper.or(0x0040), isNaN)
                    .convertShape(VectorOperators.I2S, SHORTS, 0)
                    .reinterpretAsShorts()
                    .intoMemorySegment(target, offset + (long) i * Short.BYTES, ByteOrder.nativeOrder());
        }
        ScalarCodec.BF16.encode(source, at + i, target, offset + (long) i * Short.BYTES, count - i);
    }

    @Override
    public boolean allFinite(MemorySegment source, long offset, long count) {
        return HalfScan.exponentsBelow(0x7f80, source, offset, count);
    }
}
