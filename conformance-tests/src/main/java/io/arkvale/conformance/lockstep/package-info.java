/** A backend's cache and the oracle, driven side by side and compared after every call. */
@NullMarked
package io.arkvale.conformance.lockstep;

import org.jspecify.annotations.NullMarked;
