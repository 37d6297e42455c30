/**
 * A model's parameters.
 *
 * <ul>
 *   <li>{@link io.arkvale.llama.weights.ModelWeights}, {@link io.arkvale.llama.weights.BlockWeights}, {@link
 *       io.arkvale.llama.weights.Linear}, {@link io.arkvale.llama.weights.RmsNorm}: what there is
 *   <li>{@link io.arkvale.llama.weights.Matrix}: a matrix where a device keeps it, {@link
 *       io.arkvale.llama.weights.MatrixPlace} how it gets there; {@link io.arkvale.llama.weights.HostMatrix} and {@code
 *       HostPlace} are the CPU's
 *   <li>{@link io.arkvale.llama.weights.WeightLoader}: which tensor is which parameter, family by family; refuses what it
 *       does not read
 *   <li>{@code TensorReader}: a tensor becomes a matrix or vector, checked to be finite
 *   <li>{@link io.arkvale.llama.weights.WeightStorage}: mapped as they are, widened, or rounded to eight bits
 * </ul>
 */
@NullMarked
package io.arkvale.llama.weights;

import org.jspecify.annotations.NullMarked;
