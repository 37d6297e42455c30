/**
 * Attention of a cache: softmax over the tokens of whatever pages were chosen, page by page where they are stored.
 *
 * <p>An {@link AttentionKernel} belongs to one thread; so does an {@link AttentionState}, which gathers what the pages
 * give for the query heads of one KV head, and can be merged with another. {@code ScalarAttention} is the definition;
 * {@code VectorAttention} takes {@code VectorSoftmax} and the package {@code sums}. {@code VectorSoftmax} stays apart
 * from the softmax of causal attention: that one keeps a sum per lane until the end, and raises the largest score only
 * where it must. Attention over a whole sequence is in the package {@code causal}.
 */
@NullMarked
package io.arkvale.kernels.attention;

import org.jspecify.annotations.NullMarked;
