/**
 * Generated cases, as plain values. A test runs one, and the message of a failure prints it, so that it can be run
 * again. {@link io.arkvale.conformance.cases.Scene} is the case of most tests; {@link
 * io.arkvale.conformance.cases.Life} is that of long random runs.
 */
@NullMarked
package io.arkvale.conformance.cases;

import org.jspecify.annotations.NullMarked;
