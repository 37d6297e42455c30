package io.arkvale.llama.weights;

import io.arkvale.kernels.weights.WeightMatrix;
import org.jspecify.annotations.Nullable;

/**
 * A linear layer, {@code y = W · x + b}.
 *
 * @param weight W, {@code [outputs, inputs]}
 * @param bias b, {@code [outputs]}; null where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record Linear(WeightMatrix weight, float @Nullable [] bias) {}
