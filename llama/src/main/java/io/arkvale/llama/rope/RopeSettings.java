package io.arkvale.llama.rope;

/**
 * How the heads of a layer are turned.
 *
 * @param width the first numbers of a head that are turned, an even number; 0 for a layer without positions
 * @param theta the base of the frequencies
 */
public record RopeSettings(int width, double theta, RopeScaling scaling) {

    /** A layer whose heads are not turned. */
    public static final RopeSettings NONE = new RopeSettings(0, 1, new RopeScaling.None());
}
