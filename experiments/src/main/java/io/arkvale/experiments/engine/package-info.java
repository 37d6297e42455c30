/**
 * Runs policies and caches on given queries, keys and values: owns the tokens, decodes runs together, and counts.
 *
 * <p>{@code attention} stores and attends, {@code context} answers what policies ask of a prefill, {@code layer} is one layer of one run,
 * {@code group} is all runs of a step. {@code Machine} is what they compute with.
 */
@NullMarked
package io.arkvale.experiments.engine;

import org.jspecify.annotations.NullMarked;
