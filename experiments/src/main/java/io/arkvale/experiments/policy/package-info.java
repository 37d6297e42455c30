/**
 * Key-value cache policies: what one declares about itself, and what it answers. Policies of other jars are found by
 * {@link java.util.ServiceLoader} as providers of {@link io.arkvale.experiments.policy.TokenPolicy}.
 */
@NullMarked
package io.arkvale.experiments.policy;

import org.jspecify.annotations.NullMarked;
