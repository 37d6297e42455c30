/** Timing of decode steps on a backend, without a model. */
@NullMarked
package io.arkvale.experiments.bench;

import org.jspecify.annotations.NullMarked;
