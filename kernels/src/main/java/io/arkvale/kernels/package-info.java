/**
 * Scalar and vectorised numerical primitives on the CPU: the ways in, and the map.
 *
 * <p>Two families. {@link io.arkvale.kernels.Kernels} computes what a paged cache needs on stored pages;
 * {@link io.arkvale.kernels.DenseKernels} what a model's forward pass needs. Of both there is a scalar one, the
 * readable definition, and one on the Vector API. The packages, each using only those above it:
 *
 * <ul>
 *   <li>{@code primitive}: checks of shapes, the machine's vectors, sums and powers
 *   <li>{@code pool}: threads that share loops
 *   <li>{@code storage}: formats of stored numbers and their conversion
 *   <li>{@code codec}: the codecs, and copies of code per format
 *   <li>{@code page}: how a page's numbers lie; {@code sums}: weighted sums of them
 *   <li>{@code attention}: attention over pages; {@code digest}: digests of pages and their scores
 *   <li>{@code matrix}: products; {@code row}: norms, rotations and gates of rows
 *   <li>{@code causal}: attention over whole sequences; {@code weights}: matrices of weights
 * </ul>
 *
 * <p>{@code primitive}, {@code codec} and {@code sums} are not exported. A new kernel is an interface with its two
 * implementations, private to its package, made by {@code scalar} and {@code vector} of the interface; the ways in
 * name it.
 */
@NullMarked
package io.arkvale.kernels;

import org.jspecify.annotations.NullMarked;
