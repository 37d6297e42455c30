/**
 * Generated cases, as plain values: what a test is given, and what the message of a failure writes down to be given
 * again. {@link io.arkvale.conformance.cases.Scene} is the case of most tests, {@link io.arkvale.conformance.cases.Life}
 * that of whole lives of caches.
 */
@NullMarked
package io.arkvale.conformance.cases;

import org.jspecify.annotations.NullMarked;
