package io.arkvale.kernels.codec;

import static io.arkvale.kernels.primitive.Registers.SHORTS;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** A look at the exponents of 16-bit numbers of either format. */
final class HalfScan {
    private HalfScan() {}

    /** Whether each of {@code count} numbers, without its sign, is below {@code limit}, the bits of infinity. */
    static boolean exponentsBelow(int limit, MemorySegment source, long offset, long count) {
        long i = 0;
        ShortVector largest = ShortVector.zero(SHORTS);
        for (; i <= count - SHORTS.length(); i += SHORTS.length()) {
            largest = ShortVector.fromMemorySegment(SHORTS, source, offset + i * Short.BYTES, ByteOrder.nativeOrder())
                    .and((short) 0x7fff)
                    .max(largest);
        }
        int top = largest.reduceLanes(VectorOperators.MAX);
        for (; i < count; i++) {
            top = Math.max(top, source.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset + i * Short.BYTES) & 0x7fff);
        }
        return top < limit;
    }
}
