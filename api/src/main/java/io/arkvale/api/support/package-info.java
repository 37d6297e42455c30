/**
 * For those who write a backend: what every backend needs and none should write anew. The order of a step's calls
 * ({@link io.arkvale.api.support.StepProtocol}), the slots that a step may come to need
 * ({@link io.arkvale.api.support.Reservation}), checks of what a call brings, deferred errors and options; and for a
 * backend that keeps tensors or page tables on the host, these too, up to a whole
 * {@link io.arkvale.api.support.CheckedStep}.
 *
 * <p>Nothing here is part of the interface, and no backend has to use it: what counts is what {@code SPEC.md} says.
 */
@NullMarked
package io.arkvale.api.support;

import org.jspecify.annotations.NullMarked;
