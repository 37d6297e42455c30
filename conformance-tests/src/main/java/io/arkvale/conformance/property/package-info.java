/** How cases are generated, tried, and made smaller once one has failed. */
@NullMarked
package io.arkvale.conformance.property;

import org.jspecify.annotations.NullMarked;
