/**
 * The cost model: what a decode step of a described model costs on a described GPU, policy by policy.
 *
 * <p>{@code CostModel} adds up the layers of a step, {@code MemoryLimit} says what fits, {@code Simulation} tries lengths,
 * batches and budgets, {@code Figure9} holds the paper's measured times. {@code cost} says what one layer of each policy
 * reads, computes and keeps; {@code description} is GPUs, models and software as their files describe them.
 */
@NullMarked
package io.arkvale.experiments.simulate;

import org.jspecify.annotations.NullMarked;
