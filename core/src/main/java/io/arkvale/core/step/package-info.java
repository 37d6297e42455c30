/**
 * A step, checked. {@link io.arkvale.core.step.CheckedStep} is what callers hold; the order of its calls is
 * {@link io.arkvale.core.step.StepProtocol}'s, what they do is a {@link io.arkvale.core.step.StepWork}'s, and how it ends is told by
 * a {@link io.arkvale.core.step.StepOutcome}. {@link io.arkvale.core.step.StepMember} is a sequence's part and the arithmetic of
 * its budget.
 */
@NullMarked
package io.arkvale.core.step;

import org.jspecify.annotations.NullMarked;
