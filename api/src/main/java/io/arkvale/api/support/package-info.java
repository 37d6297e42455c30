/**
 * For those who write a backend: what every backend needs and none should write anew, above all the order of a step's
 * calls. Nothing here is part of the interface, and no backend has to use it: what counts is what {@code SPEC.md} says.
 */
@NullMarked
package io.arkvale.api.support;

import org.jspecify.annotations.NullMarked;
