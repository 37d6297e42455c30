package io.arkvale.llama.weights;

import org.jspecify.annotations.Nullable;

/**
 * A linear layer, {@code y = W · x + b}.
 *
 * @param weight W, {@code [outputs, inputs]}
 * @param bias b, {@code [outputs]}; null where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record Linear(Matrix weight, float @Nullable [] bias) {}
