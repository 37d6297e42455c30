/**
 * What a policy is, for the engine and for other jars: {@link io.arkvale.experiments.policy.TokenPolicy} is implemented by
 * each, and begins a {@link io.arkvale.experiments.policy.LayerPolicy} in every layer. What that sees of the context is a
 * {@link io.arkvale.experiments.policy.ContextView}, of a step a {@link io.arkvale.experiments.policy.ChoiceStep} before
 * attention and a {@link io.arkvale.experiments.policy.DecodeStep} after it; both as far as its
 * {@link io.arkvale.experiments.policy.Ability abilities} say. {@link io.arkvale.experiments.policy.PolicyInfo} and
 * {@link io.arkvale.experiments.policy.PolicyOption} are what it declares,
 * {@link io.arkvale.experiments.policy.Policies} and {@link io.arkvale.experiments.policy.PolicyChoice} how it is found and
 * named; those of other jars by {@link java.util.ServiceLoader}. {@code TokenSets}, {@code TokenScores} and {@code Quantiser} are tools that several share.
 *
 * <p>The built-in ones: {@code bound} for what no policy can be better than, {@code evict} and {@code prefill} for those
 * that drop for good, at each step or at the context's end, {@code recall} for those that bring back, {@code sparse} for
 * those that keep everything, {@code page} for what policies of pages share.
 */
@NullMarked
package io.arkvale.experiments.policy;

import org.jspecify.annotations.NullMarked;
