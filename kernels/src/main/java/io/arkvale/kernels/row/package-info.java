/**
 * Norms, rotations, gates and sums of single rows of float32, as a model's layers need them.
 *
 * <p>{@link RowKernels} is the contract; {@code VectorRowKernels} leaves what remains after the last whole vector to
 * {@code ScalarRowKernels}. They have no state; rows are the caller's.
 */
@NullMarked
package io.arkvale.kernels.row;

import org.jspecify.annotations.NullMarked;
