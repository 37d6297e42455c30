/** What the kit feeds a backend: shapes, settings, lengths and tensors, reproducible from a seed. */
@NullMarked
package io.arkvale.conformance.data;

import org.jspecify.annotations.NullMarked;
