/** Traces of attention: recorded from a model, and replayed under policies. */
@NullMarked
package io.arkvale.experiments.cli.trace;

import org.jspecify.annotations.NullMarked;
