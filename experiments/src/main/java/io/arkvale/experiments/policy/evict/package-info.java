/** Policies that drop tokens for good. */
@NullMarked
package io.arkvale.experiments.policy.evict;

import org.jspecify.annotations.NullMarked;
