/**
 * Runs plans on a model. {@code Lab} owns the model and what it computes with, {@code OpenLab} keeps it for the next experiment; a {@code Session} decodes runs together; {@code Examiner}
 * asks questions in it, {@code Perplexity} feeds a text, {@code Continuation} generates. {@code ScoredExperiment} observes what a notebook
 * lacks, by {@code CellIdentity}.
 */
@NullMarked
package io.arkvale.experiments.run;

import org.jspecify.annotations.NullMarked;
