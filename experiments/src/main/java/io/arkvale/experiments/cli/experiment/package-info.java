/**
 * Files of experiments, the figures that are drawn from them, and what was measured: all over a notebook of observations.
 */
@NullMarked
package io.arkvale.experiments.cli.experiment;

import org.jspecify.annotations.NullMarked;
