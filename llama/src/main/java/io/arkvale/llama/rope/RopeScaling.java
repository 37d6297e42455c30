package io.arkvale.llama.rope;

import java.util.List;

/** How a model's rotation frequencies were changed to reach a longer context; names and rules as in transformers. */
public sealed interface RopeScaling {

    /** Frequencies as they are. */
    record None() implements RopeScaling {}

    /** All wavelengths are stretched by {@code factor}. */
    record Linear(float factor) implements RopeScaling {}

    /**
     * Frequencies as they are up to the model's declared length, and another base for each length beyond it; since no
     * sequence here is longer than declared, there is nothing to change.
     */
    record Dynamic(float factor) implements RopeScaling {}

    /**
     * Peng et al., YaRN, 2023: pairs that turn less than {@code betaSlow} times within {@code originalPositions} are
     * stretched by {@code factor}, those that turn more than {@code betaFast} times stay, with a ramp between.
     *
     * @param attentionFactor what cosines and sines are multiplied by
     * @param truncate whether the ramp's ends are rounded to whole pairs
     */
    record Yarn(
            double factor,
            double attentionFactor,
            double betaFast,
            double betaSlow,
            int originalPositions,
            boolean truncate)
            implements RopeScaling {}

    /**
     * Llama 3.1's rule: wavelengths longer than {@code originalPositions / lowFrequencyFactor} are stretched by
     * {@code factor}, those shorter than {@code originalPositions / highFrequencyFactor} stay, with a ramp between.
     */
    record Llama3(float factor, float lowFrequencyFactor, float highFrequencyFactor, int originalPositions)
            implements RopeScaling {}

    /**
     * Ding et al., LongRoPE, 2024: a stretch for each pair, one set for sequences of up to {@code originalPositions}
     * tokens, another for longer ones.
     *
     * @param attentionFactor what cosines and sines are multiplied by
     */
    record LongRope(List<Float> shortFactors, List<Float> longFactors, double attentionFactor, int originalPositions)
            implements RopeScaling {

        public LongRope {
            shortFactors = List.copyOf(shortFactors);
            longFactors = List.copyOf(longFactors);
        }
    }
}
