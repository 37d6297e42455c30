package io.arkvale.experiments.result;

import io.arkvale.experiments.report.Metric;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * What one run used, counted the same way for every policy. A page is a run of the given tokens of one KV head or head
 * group; means are over layers with a budget, their KV heads or head groups, and decode steps. Bytes are of all layers.
 *
 * @param residentPages pages on the device at the end, mean over limited layers and heads
 * @param attendedPages pages attended to, mean over steps, limited layers and heads
 * @param heldTokens tokens on the device at the end of a step, mean over steps, limited layers and heads
 * @param residentBytes keys and values on the device at the end
 * @param summaryBytes what a policy keeps on the device beside them at the end: digests, second copies, sums
 * @param recalledBytes keys and values brought back to the device, all steps
 * @param recalledPagesPerStep pages brought back a step, all layers together; mean over heads or head groups
 * @param scoringBytesPerStep keys, summaries and probabilities read a step to decide what takes part or is evicted
 * @param attentionBytesPerStep keys and values read a step by attention itself, and the probabilities that it has to write
 *     down for a policy that asks for them
 */
public record Usage(
        double residentPages,
        double attendedPages,
        double heldTokens,
        double residentBytes,
        double summaryBytes,
        double recalledBytes,
        double recalledPagesPerStep,
        double scoringBytesPerStep,
        double attentionBytesPerStep) {
    /** The columns of a report whose rows have a usage. */
    public static <R> List<Metric<R>> metrics(Function<R, Usage> usage) {
        return List.of(
                Metric.of(
                        "resident_pages", row -> Rounding.to(2, usage.apply(row).residentPages())),
                Metric.of(
                        "attended_pages", row -> Rounding.to(2, usage.apply(row).attendedPages())),
                Metric.of("held_tokens", row -> Rounding.to(1, usage.apply(row).heldTokens())),
                Metric.of("resident_bytes", row -> Math.round(usage.apply(row).residentBytes())),
                Metric.of("summary_bytes", row -> Math.round(usage.apply(row).summaryBytes())),
                Metric.of("recalled_bytes", row -> Math.round(usage.apply(row).recalledBytes())),
                Metric.of(
                        "recalled_pages_per_step",
                        row -> Rounding.to(2, usage.apply(row).recalledPagesPerStep())),
                Metric.of(
                        "scoring_bytes_per_step",
                        row -> Math.round(usage.apply(row).scoringBytesPerStep())),
                Metric.of(
                        "attention_bytes_per_step",
                        row -> Math.round(usage.apply(row).attentionBytesPerStep())));
    }

    /** The mean of several. */
    public static Usage mean(List<Usage> usages) {
        return new Usage(
                mean(usages, Usage::residentPages),
                mean(usages, Usage::attendedPages),
                mean(usages, Usage::heldTokens),
                mean(usages, Usage::residentBytes),
                mean(usages, Usage::summaryBytes),
                mean(usages, Usage::recalledBytes),
                mean(usages, Usage::recalledPagesPerStep),
                mean(usages, Usage::scoringBytesPerStep),
                mean(usages, Usage::attentionBytesPerStep));
    }

    private static double mean(List<Usage> usages, ToDoubleFunction<Usage> part) {
        return usages.stream().mapToDouble(part).average().orElse(0);
    }
}
