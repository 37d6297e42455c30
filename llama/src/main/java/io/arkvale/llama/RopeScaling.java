package io.arkvale.llama;

/** How a model's rotation frequencies were changed to reach a longer context. */
public sealed interface RopeScaling {

    /** Frequencies as they are. */
    record None() implements RopeScaling {}

    /**
     * Llama 3.1's rule: wavelengths longer than {@code originalPositions / lowFrequencyFactor} are stretched by
     * {@code factor}, those shorter than {@code originalPositions / highFrequencyFactor} stay, with a ramp between.
     */
    record Llama3(float factor, float lowFrequencyFactor, float highFrequencyFactor, int originalPositions)
            implements RopeScaling {}
}
