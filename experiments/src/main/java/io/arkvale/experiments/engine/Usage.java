package io.arkvale.experiments.engine;

import io.arkvale.experiments.report.Metric;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * What one run used, counted the same way for every policy. A page is a run of the given tokens of one KV head or head
 * group; means are over layers with a budget, their KV heads or head groups, and decode steps.
 *
 * @param residentPages pages on the device at the end, mean over limited layers and heads
 * @param attendedPages pages attended to, mean over steps, limited layers and heads
 * @param residentBytes keys and values on the device at the end, all layers
 * @param recalledBytes keys and values brought back to the device, all steps
 * @param recalledPagesPerStep pages brought back a step, all layers together; mean over heads or head groups
 */
public record Usage(
        double residentPages,
        double attendedPages,
        double residentBytes,
        double recalledBytes,
        double recalledPagesPerStep) {
    /** The columns of a report whose rows have a usage. */
    static <R> List<Metric<R>> metrics(Function<R, Usage> usage) {
        return List.of(
                Metric.of(
                        "resident_pages", row -> Rounding.to(2, usage.apply(row).residentPages())),
                Metric.of(
                        "attended_pages", row -> Rounding.to(2, usage.apply(row).attendedPages())),
                Metric.of("resident_bytes", row -> Math.round(usage.apply(row).residentBytes())),
                Metric.of("recalled_bytes", row -> Math.round(usage.apply(row).recalledBytes())),
                Metric.of(
                        "recalled_pages_per_step",
                        row -> Rounding.to(2, usage.apply(row).recalledPagesPerStep())));
    }

    /** The mean of several. */
    static Usage mean(List<Usage> usages) {
        return new Usage(
                mean(usages, Usage::residentPages),
                mean(usages, Usage::attendedPages),
                mean(usages, Usage::residentBytes),
                mean(usages, Usage::recalledBytes),
                mean(usages, Usage::recalledPagesPerStep));
    }

    private static double mean(List<Usage> usages, ToDoubleFunction<Usage> part) {
        return usages.stream().mapToDouble(part).average().orElse(0);
    }
}
