/**
 * Weighted sums of stored rows: the loop in which attention over pages and scores of digests spend their time. Other
 * modules do not see it.
 *
 * <p>{@code WeightedSums} is the contract, {@code VectorWeightedSums} the code, of which each storage format has a
 * copy. The plain kernels do without.
 */
@NullMarked
package io.arkvale.kernels.sums;

import org.jspecify.annotations.NullMarked;
