/** Traces: queries, keys and values of a real run in a file, to be replayed and looked at without the model. */
@NullMarked
package io.arkvale.experiments.trace;

import org.jspecify.annotations.NullMarked;
