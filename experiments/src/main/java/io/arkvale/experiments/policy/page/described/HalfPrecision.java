package io.arkvale.experiments.policy.page.described;

import io.arkvale.api.Digest;

/** Numbers as a cache of 16 bits stores them: in F16, but a sphere's radius as it is and a disc's radii in bfloat16. */
record HalfPrecision(Digest.Shape shape) implements Rounding {
    /** Bits of a float32 that bfloat16 leaves out. */
    private static final int DROPPED = 16;

    @Override
    public void centres(float[] centres) {
        halves(centres);
    }

    @Override
    public void extents(float[] extents) {
        switch (shape) {
            case CUBOID -> halves(extents);
            case DISC -> {
                for (int i = 0; i < extents.length; i++) {
                    // Up: radii that are a bound stay one, and the others are as near as makes no difference.
                    var bits = Float.floatToRawIntBits(extents[i]) + (1 << DROPPED) - 1;
                    extents[i] = Float.intBitsToFloat(bits >>> DROPPED << DROPPED);
                }
            }
            case SPHERE, POINT -> {
                // a float32, or nothing
            }
        }
    }

    private static void halves(float[] numbers) {
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Float.float16ToFloat(Float.floatToFloat16(numbers[i]));
        }
    }
}
