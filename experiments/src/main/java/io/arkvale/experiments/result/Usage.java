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
                column("resident_pages", 2, usage, Usage::residentPages),
                column("attended_pages", 2, usage, Usage::attendedPages),
                column("held_tokens", 1, usage, Usage::heldTokens),
                column("resident_bytes", 0, usage, Usage::residentBytes),
                column("summary_bytes", 0, usage, Usage::summaryBytes),
                column("recalled_bytes", 0, usage, Usage::recalledBytes),
                column("recalled_pages_per_step", 2, usage, Usage::recalledPagesPerStep),
                column("scoring_bytes_per_step", 0, usage, Usage::scoringBytesPerStep),
                column("attention_bytes_per_step", 0, usage, Usage::attentionBytesPerStep));
    }

    private static <R> Metric<R> column(
            String name, int places, Function<R, Usage> usage, ToDoubleFunction<Usage> part) {
        return Metric.of(name, row -> Rounding.to(places, part.applyAsDouble(usage.apply(row))));
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
