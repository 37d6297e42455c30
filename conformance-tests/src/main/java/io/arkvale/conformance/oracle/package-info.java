/**
 * The oracle: what a cache must hold and answer, in plain float64, as naive as can be. It shares no code with any
 * backend.
 */
@NullMarked
package io.arkvale.conformance.oracle;

import org.jspecify.annotations.NullMarked;
