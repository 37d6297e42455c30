/**
 * Files of experiments, the figures that are drawn from them, and what was measured: all over a notebook of observations.
 * A {@code MeasuringCommand} may run by itself or be named by a file.
 */
@NullMarked
package io.arkvale.experiments.cli.experiment;

import org.jspecify.annotations.NullMarked;
