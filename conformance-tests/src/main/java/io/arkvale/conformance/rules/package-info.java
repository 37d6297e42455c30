/**
 * The verifications: one class per part of the specification, or what belongs together of a long one, one method per rule or
 * aspect of it. Part 2 is in {@code TensorRules} and {@code WrappedTensorRules}; part 6 in {@code AttentionRules} and {@code MixedStepRules}; windows are in {@code WindowRules}; part 7 in {@code StepRules},
 * {@code TruncationRules}, {@code ForkRules}, {@code CompanyRules} and {@code CommitRules}.
 */
@NullMarked
package io.arkvale.conformance.rules;

import org.jspecify.annotations.NullMarked;
