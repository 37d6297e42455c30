package io.arkvale.experiments.policy;

/**
 * Asymmetric quantisation of one vector: its elements become equal steps from its smallest to its largest one, and are
 * read back as such.
 *
 * @param bits of an element
 */
public record Quantiser(int bits) {
    /** Replaces a vector by what comes back, and says how far that is from it, relative to its length. */
    public double round(float[] vector) {
        var least = Float.POSITIVE_INFINITY;
        var most = Float.NEGATIVE_INFINITY;
        for (float element : vector) {
            least = Math.min(least, element);
            most = Math.max(most, element);
        }
        var step = (most - least) / ((1 << bits) - 1);
        var length = 0.0;
        var error = 0.0;
        for (int i = 0; step > 0 && i < vector.length; i++) {
            var rounded = least + step * Math.round((vector[i] - least) / step);
            length += (double) vector[i] * vector[i];
            error += (double) (rounded - vector[i]) * (rounded - vector[i]);
            vector[i] = rounded;
        }
        return length == 0 ? 0 : Math.sqrt(error / length);
    }

    /** Bytes of a key and a value of so many elements, each with its smallest element and step in float32. */
    public double tokenBytes(int headDim) {
        return 2 * (headDim * bits / 8.0 + 2 * Float.BYTES);
    }
}
