/**
 * What was measured. An {@code Observation} is one question or block of text in one cell; a {@code Notebook} keeps observations, in
 * memory or durably in a directory. All else is a function of them: {@code TaskResult} and {@code TextResult} are cells, {@code Comparison}
 * is a cell of two runs, {@code Interval} and {@code Verdict} say how sure it is, {@code CellMetric} is a column that a jar provides.
 * Where there are too many for one machine's memory, {@code ObservationRow} is one in a table, and {@code CellSummary} what is left of a cell.
 */
@NullMarked
package io.arkvale.experiments.result;

import org.jspecify.annotations.NullMarked;
