package io.arkvale.kernels;

import static io.arkvale.kernels.VectorKernels.FLOATS;
import static io.arkvale.kernels.VectorKernels.INTS;
import static io.arkvale.kernels.VectorKernels.LANES;
import static io.arkvale.kernels.VectorKernels.SHORTS;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** IEEE half precision with integer arithmetic and exact scaling by powers of two, subnormal numbers included. */
final class VectorF16Codec implements FormatCodec {
    static final VectorF16Codec INSTANCE = new VectorF16Codec();

    /** 2^112, the difference of the two formats' exponent biases. */
    private static final float BIAS = 0x1p112f;

    private VectorF16Codec() {}

    @Override
    public StorageFormat format() {
        return StorageFormat.F16;
    }

    @Override
    public void decode(MemorySegment source, long offset, float[] target, int at, int count) {
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            var bits = ShortVector.fromMemorySegment(
                            SHORTS, source, offset + (long) i * Short.BYTES, ByteOrder.nativeOrder())
                    .convertShape(VectorOperators.S2I, INTS, 0)
                    .reinterpretAsInts();
            var magnitude = bits.and(0x7fff).lanewise(VectorOperators.LSHL, 13);
            var scaled = magnitude.reinterpretAsFloats().mul(BIAS).reinterpretAsInts();
            // The largest exponent means infinity or NaN in both formats, which scaling alone would miss.
            var special = magnitude.compare(VectorOperators.GE, 0x7c00 << 13);
            scaled.lanewise(VectorOperators.OR, 0x7f80_0000, special)
                    .or(bits.and(0x8000_0000))
                    .reinterpretAsFloats()
                    .intoArray(target, at + i);
        }
        ScalarCodec.F16.decode(source, offset + (long) i * Short.BYTES, target, at + i, count - i);
    }

    @Override
    public void encode(float[] source, int at, MemorySegment target, long offset, int count) {
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            var bits = FloatVector.fromArray(FLOATS, source, at + i).reinterpretAsInts();
            var sign = bits.lanewise(VectorOperators.LSHR, 16).and(0x8000);
            var magnitude = bits.and(0x7fff_ffff);
            // Normal halves: move the exponent and round the 13 bits that go, ties to even; overflow carries to
            // infinity.
            var toEven = magnitude.lanewise(VectorOperators.LSHR, 13).and(1);
            var normal = magnitude.sub(112 << 23).add(0xfff).add(toEven).lanewise(VectorOperators.LSHR, 13);
            // Subnormal halves: adding 1/2 leaves the rounded multiple of 2^-24 in the lowest bits.
            var subnormal = magnitude
                    .reinterpretAsFloats()
                    .add(0.5f)
                    .reinterpretAsInts()
                    .sub(0x3f00_0000);
            var half = normal.blend(subnormal, magnitude.compare(VectorOperators.LT, 113 << 23))
                    .blend(0x7c00, magnitude.compare(VectorOperators.GE, 143 << 23))
                    .blend(0x7e00, magnitude.compare(VectorOperators.GT, 0x7f80_0000));
            half.or(sign)
                    .convertShape(VectorOperators.I2S, SHORTS, 0)
                    .reinterpretAsShorts()
                    .intoMemorySegment(target, offset + (long) i * Short.BYTES, ByteOrder.nativeOrder());
        }
        ScalarCodec.F16.encode(source, at + i, target, offset + (long) i * Short.BYTES, count - i);
    }

    @Override
    public boolean allFinite(MemorySegment source, long offset, long count) {
        return HalfScan.exponentsBelow(0x7c00, source, offset, count);
    }
}
