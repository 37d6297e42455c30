/**
 * What one layer of a decode step costs under each policy, by what its paper describes.
 *
 * <p>{@link io.arkvale.experiments.simulate.cost.PolicyCost} lists the policies; {@code EvictionCost}, {@code RecallCost} and
 * {@code SparseCost} hold what its kinds have in common. A {@code KernelWork} is bytes, arithmetic and launches, without the
 * time that a GPU takes for them; a {@code LayerCost} is the work of a layer and what it keeps, in bytes.
 */
@NullMarked
package io.arkvale.experiments.simulate.cost;

import org.jspecify.annotations.NullMarked;
