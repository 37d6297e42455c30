package io.arkvale.experiments.figure;

import io.arkvale.experiments.chart.Chart;
import java.util.List;

/**
 * What a figure shows.
 *
 * @param charts at least one
 * @param comparisons the paper's values beside ours
 * @param notes sentences about what was measured and why it differs
 */
public record Drawn(List<Chart> charts, List<Comparison> comparisons, List<String> notes) {}
