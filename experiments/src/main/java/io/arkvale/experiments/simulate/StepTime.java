package io.arkvale.experiments.simulate;

/**
 * Seconds of a decode step by part.
 *
 * @param other weights, norms, activations, writing and summarising tokens, exchange between GPUs
 * @param estimate reading digests or whatever else decides what takes part
 * @param select choosing and ranking
 * @param recall bringing pages back, as far as nothing hides it
 * @param attention attention itself
 */
public record StepTime(double other, double estimate, double select, double recall, double attention) {
    /** Seconds of the whole step. */
    public double total() {
        return other + estimate + select + recall + attention;
    }
}
