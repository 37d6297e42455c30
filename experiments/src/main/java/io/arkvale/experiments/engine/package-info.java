/** Runs policies and caches on the model: owns the tokens, decodes runs together, and counts. */
@NullMarked
package io.arkvale.experiments.engine;

import org.jspecify.annotations.NullMarked;
