package io.arkvale.experiments.policy;

/**
 * One more entry of a softmax, in place of tokens that do not take part.
 *
 * @param logit its scaled score, with the logarithm of how many tokens it stands for added
 * @param value {@code [headDim]}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Estimate(double logit, float[] value) {}
