package io.arkvale.tornado;

import io.arkvale.api.ElementType;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/**
 * Elements of 16 bits in kernels. TornadoVM has types for them on some devices only, and cannot reinterpret bits; so an
 * element is taken apart with integers, which is exact everywhere: the exponent chooses a scale, and the rest, with the
 * hidden bit, is the number of scales.
 */
final class Stored {
    /** Bits of a float16 below its exponent. */
    private static final int F16_SHIFT = 10;

    /** Bits of a bfloat16 below its exponent. */
    private static final int BF16_SHIFT = 7;

    /** Where bfloat16 begins in the scales. */
    private static final int BF16_SCALES = 1 << (15 - F16_SHIFT);

    private Stored() {}

    /** Bits below the exponent; 0 for float32, whose elements are stored as they are. */
    static int shift(ElementType type) {
        return switch (type) {
            case F32 -> 0;
            case F16 -> F16_SHIFT;
            case BF16 -> BF16_SHIFT;
        };
    }

    /** Where a type begins in the scales. */
    static int scalesAt(ElementType type) {
        return type == ElementType.BF16 ? BF16_SCALES : 0;
    }

    /** The scales of all types, by exponent. */
    static FloatArray scales(HostArrays arrays) {
        var scales = arrays.floats(BF16_SCALES + (1 << (15 - BF16_SHIFT)));
        fill(scales, 0, F16_SHIFT, 15);
        fill(scales, BF16_SCALES, BF16_SHIFT, 127);
        return scales;
    }

    private static void fill(FloatArray scales, int start, int shift, int bias) {
        for (int exponent = 0; exponent < 1 << (15 - shift); exponent++) {
            scales.set(start + exponent, (float) Math.scalb(1.0, Math.max(1, exponent) - bias - shift));
        }
    }

    /** In kernels: an element of 16 bits. No branch, so that many can be read at the same time. */
    static float number(ShortArray narrow, FloatArray scales, int shift, int start, int at) {
        int bits = narrow.get(at);
        // With PTX, TornadoVM 5.2 shifts in zeros, whatever the sign.
        int sign = TornadoMath.max(TornadoMath.min(bits, 0), -1);
        int unsigned = bits & 32767;
        int exponent = unsigned >> shift;
        int hidden = TornadoMath.min(exponent, 1);
        int rest = unsigned - ((exponent - hidden) << shift);
        return ((rest ^ sign) - sign) * scales.get(start + exponent);
    }

    /** In kernels: an element of any type. */
    static float number(FloatArray pages, ShortArray narrow, FloatArray scales, int shift, int start, int at) {
        float number;
        if (shift == 0) {
            number = pages.get(at);
        } else {
            number = number(narrow, scales, shift, start, at);
        }
        return number;
    }
}
