/**
 * How policies are described and named: {@link io.arkvale.experiments.policy.option.PolicyInfo} is what a policy declares,
 * {@link io.arkvale.experiments.policy.option.PolicyOption} one of its options,
 * {@link io.arkvale.experiments.policy.option.Settings} the checked values of them, and
 * {@link io.arkvale.experiments.policy.option.PolicyChoice} a policy with its values, as an experiment names it.
 * {@code HeadGroups} is the option that all policies of pages share.
 */
@NullMarked
package io.arkvale.experiments.policy.option;

import org.jspecify.annotations.NullMarked;
