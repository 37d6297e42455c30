package io.arkvale.kernels.primitive;

/** Sums that several kernels share. */
public final class ScalarMath {
    private ScalarMath() {}

    /** The float32 dot product of {@code a} from index {@code at} and {@code b} from index 0. */
    public static float dot(float[] a, int at, float[] b, int length) {
        float sum = 0;
        for (int i = 0; i < length; i++) {
            sum += a[at + i] * b[i];
        }
        return sum;
    }

    /** The L2 norm of {@code a - b}, from squares in float64, which no float32 overflows. */
    public static float distance(float[] a, int at, float[] b, int length) {
        double squares = 0;
        for (int i = 0; i < length; i++) {
            double difference = a[at + i] - b[i];
            squares += difference * difference;
        }
        return (float) Math.sqrt(squares);
    }

    /** The L2 norm of {@code a} from index {@code at}. */
    public static float norm(float[] a, int at, int length) {
        double squares = 0;
        for (int i = 0; i < length; i++) {
            squares += (double) a[at + i] * a[at + i];
        }
        return (float) Math.sqrt(squares);
    }
}
