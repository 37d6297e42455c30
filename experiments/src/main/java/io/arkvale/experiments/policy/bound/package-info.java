/** Policies that bound the others. */
@NullMarked
package io.arkvale.experiments.policy.bound;

import org.jspecify.annotations.NullMarked;
