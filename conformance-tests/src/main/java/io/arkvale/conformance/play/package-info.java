/**
 * What is done to a cache: {@link io.arkvale.conformance.play.Play} plays scenes, {@link io.arkvale.conformance.play.LifePlayer}
 * lives, {@link io.arkvale.conformance.play.Misuse} makes the calls that must be refused, and
 * {@link io.arkvale.conformance.play.Same} compares two plays bit for bit.
 */
@NullMarked
package io.arkvale.conformance.play;

import org.jspecify.annotations.NullMarked;
