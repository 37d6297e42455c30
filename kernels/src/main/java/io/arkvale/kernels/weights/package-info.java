/**
 * Matrices of weights, and products with them.
 *
 * <p>{@link WeightKernels} makes them: a {@link PackedMatrix} owns weights widened to float32; a {@link StoredMatrix}
 * uses them where they lie, as {@code FormatRows} (the caller's memory, 32 or 16 bits) or {@code EightBitRows} (the
 * arena's memory, filled through {@link EightBitMatrix}). Products with many rows go by panels ({@code PanelProduct})
 * to the package {@code matrix}; those with few are dot products in place.
 *
 * <p>{@code RowDots} and {@code EightBitDots} stay apart, though both take four rows at a time: the first has one sum
 * per row, a copy per format; the second has a sum per group and scale. One loop for both would multiply by scales where there are none, or branch in the innermost loop.
 */
@NullMarked
package io.arkvale.kernels.weights;

import org.jspecify.annotations.NullMarked;
