/** The conformance kit: properties that every backend holds. */
@NullMarked
package io.arkvale.conformance;

import org.jspecify.annotations.NullMarked;
