/** Policies that bring evicted tokens back. */
@NullMarked
package io.arkvale.experiments.policy.recall;

import org.jspecify.annotations.NullMarked;
