/** The verifications: one class a part of the specification, one method a rule or an aspect of it. */
@NullMarked
package io.arkvale.conformance.rules;

import org.jspecify.annotations.NullMarked;
