/**
 * The paper's figures and tables as functions of results.
 *
 * <p>{@link io.arkvale.experiments.figure.Figures} lists them with the experiments that they need. A {@link
 * io.arkvale.experiments.figure.Figure} turns {@link io.arkvale.experiments.report.Rows} into {@link
 * io.arkvale.experiments.figure.Drawn}: charts as data, each with the finding that follows from its values, and
 * comparisons with the paper. {@link io.arkvale.experiments.figure.Score} is the typed row of all that count right
 * answers, {@link io.arkvale.experiments.figure.EvictedForGood} the sentence about recall and eviction. Nothing here runs an experiment or draws.
 */
@NullMarked
package io.arkvale.experiments.figure;

import org.jspecify.annotations.NullMarked;
