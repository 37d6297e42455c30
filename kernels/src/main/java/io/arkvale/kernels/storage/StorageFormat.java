package io.arkvale.kernels.storage;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * How one number of a key, value or digest is stored. Arithmetic is always done in float32; storing rounds to the
 * nearest value of the format, ties to even, and overflows to infinity. Numbers lie in the machine's byte order and
 * need no alignment.
 */
public enum StorageFormat {
    /** IEEE 754 binary32. */
    F32(Float.BYTES, 24) {
        @Override
        public int encode(float value) {
            return Float.floatToRawIntBits(value);
        }

        @Override
        public float decode(int bits) {
            return Float.intBitsToFloat(bits);
        }
    },
    /** IEEE 754 binary16: 5 bits of exponent, 10 stored bits of significand. */
    F16(Short.BYTES, 11) {
        @Override
        public int encode(float value) {
            return Float.floatToFloat16(value) & 0xffff;
        }

        @Override
        public float decode(int bits) {
            return Float.float16ToFloat((short) bits);
        }
    },
    /** The upper half of a binary32: 8 bits of exponent, 7 stored bits of significand. */
    BF16(Short.BYTES, 8) {
        @Override
        public int encode(float value) {
            int bits = Float.floatToRawIntBits(value);
            if (Float.isNaN(value)) {
                // Rounding could carry a NaN into infinity, so its upper half is kept and made quiet.
                return (bits >>> 16) | 0x0040;
            }
            int toEven = (bits >>> 16) & 1;
            return (bits + 0x7fff + toEven) >>> 16;
        }

        @Override
        public float decode(int bits) {
            return Float.intBitsToFloat(bits << 16);
        }
    };

    private final int bytes;
    private final int precision;

    StorageFormat(int bytes, int precision) {
        this.bytes = bytes;
        this.precision = precision;
    }

    /** Bytes of one number. */
    public int bytes() {
        return bytes;
    }

    /** Largest relative error of storing a number in the format's normal range: half a unit in the last place. */
    public double unitRoundoff() {
        return Math.scalb(1.0, -precision);
    }

    /** The stored bits of {@code value}, in the lowest {@code 8 * bytes()} bits. */
    public abstract int encode(float value);

    /** The number whose bits are the lowest {@code 8 * bytes()} of {@code bits}. */
    public abstract float decode(int bits);

    /** {@code value} as it reads after being stored. */
    public float round(float value) {
        return decode(encode(value));
    }

    /** Reads the number at byte {@code offset}. */
    public float get(MemorySegment memory, long offset) {
        return decode(
                bytes == Float.BYTES
                        ? memory.get(ValueLayout.JAVA_INT_UNALIGNED, offset)
                        : memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset));
    }

    /** Stores {@code value} at byte {@code offset}. */
    public void set(MemorySegment memory, long offset, float value) {
        if (bytes == Float.BYTES) {
            memory.set(ValueLayout.JAVA_INT_UNALIGNED, offset, encode(value));
        } else {
            memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, (short) encode(value));
        }
    }
}
