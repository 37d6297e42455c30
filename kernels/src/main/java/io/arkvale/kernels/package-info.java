/**
 * Scalar and vectorised numerical primitives on the CPU.
 *
 * <p>Two families: {@link io.arkvale.kernels.Kernels} computes what a paged cache needs on stored pages (attention,
 * digests, scores, conversions); {@link io.arkvale.kernels.DenseKernels} computes what a model's forward pass needs:
 * block products ({@link io.arkvale.kernels.MatrixKernels}), norms and gates of rows, causal attention over packed keys
 * and values, and the forms in which weights are kept ({@link io.arkvale.kernels.WeightMatrix}: widened panels, or rows in
 * place in 32, 16 or 8 bits). {@link io.arkvale.kernels.WorkerPool} shares loops among threads. Everything that differs
 * by storage format only is one class, copied for each format by {@code FormatCopies}.
 */
@NullMarked
package io.arkvale.kernels;

import org.jspecify.annotations.NullMarked;
