/**
 * Attention of a model: every position attends to all up to its own.
 *
 * <p>{@link PackedKeyValues} owns the keys and values of one KV head. {@link CausalAttention} has no state of its own:
 * a {@link CausalAttention.State} per thread gathers, block by block, with products of the package {@code matrix} and
 * the steps of {@link SoftmaxKernels}. Attention over chosen pages is in the package {@code attention}.
 */
@NullMarked
package io.arkvale.kernels.causal;

import org.jspecify.annotations.NullMarked;
