package io.arkvale.experiments.result;

import io.arkvale.experiments.report.Metric;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What one run used, counted the same way for every policy. A page is a run of the given tokens of one KV head or head
 * group; means are over layers with a budget, their KV heads or head groups, and decode steps. Bytes are of all layers.
 *
 * @param residentPages pages on the device at the end, mean over limited layers and heads
 * @param attendedPages pages attended to, mean over steps, limited layers and heads
 * @param heldTokens tokens on the device at the end of a step, mean over steps, limited layers and heads
 * @param residentBytes keys and values on the device at the end
 * @param peakBytes the most keys and values on the device, of all layers, from the prompt's first token on; null in
 *     observations of a program that did not count it
 * @param summaryBytes what a policy keeps on the device beside them at the end: digests, second copies, sums
 * @param recalledBytes keys and values brought back to the device, all steps
 * @param recalledPagesPerStep pages brought back per step, all layers together; mean over heads or head groups
 * @param inTime of the pages that the layers' own queries choose, the share that is on the device when these queries
 *     are known: what is left from earlier steps, and what queries guessed ahead have brought; null where no pages are
 *     chosen by a cache, or not by its scope or its queries alone
 * @param scoringBytesPerStep keys, summaries and probabilities read per step to decide what takes part or is evicted
 * @param attentionBytesPerStep keys and values read per step by attention itself, and the probabilities that it has to
 *     write down for a policy that asks for them
 */
public record Usage(
        double residentPages,
        double attendedPages,
        double heldTokens,
        double residentBytes,
        @Nullable Double peakBytes,
        double summaryBytes,
        double recalledBytes,
        double recalledPagesPerStep,
        @Nullable Double inTime,
        double scoringBytesPerStep,
        double attentionBytesPerStep) {
    /** The columns of a report whose rows have a usage. */
    public static <R> List<Metric<R>> metrics(Function<R, Usage> usage) {
        return List.of(
                column("resident_pages", 2, usage, Usage::residentPages),
                column("attended_pages", 2, usage, Usage::attendedPages),
                column("held_tokens", 1, usage, Usage::heldTokens),
                column("resident_bytes", 0, usage, Usage::residentBytes),
                Metric.of("peak_bytes", row -> rounded(0, usage.apply(row).peakBytes())),
                column("summary_bytes", 0, usage, Usage::summaryBytes),
                column("recalled_bytes", 0, usage, Usage::recalledBytes),
                column("recalled_pages_per_step", 2, usage, Usage::recalledPagesPerStep),
                Metric.of("in_time", row -> rounded(4, usage.apply(row).inTime())),
                column("scoring_bytes_per_step", 0, usage, Usage::scoringBytesPerStep),
                column("attention_bytes_per_step", 0, usage, Usage::attentionBytesPerStep));
    }

    private static <R> Metric<R> column(
            String name, int places, Function<R, Usage> usage, ToDoubleFunction<Usage> part) {
        return Metric.of(name, row -> Rounding.to(places, part.applyAsDouble(usage.apply(row))));
    }

    private static @Nullable BigDecimal rounded(int places, @Nullable Double value) {
        return value == null ? null : Rounding.to(places, value);
    }

    /** The mean of several; of a part that some lack, of those that have it. */
    public static Usage mean(List<Usage> usages) {
        return new Usage(
                mean(usages, Usage::residentPages),
                mean(usages, Usage::attendedPages),
                mean(usages, Usage::heldTokens),
                mean(usages, Usage::residentBytes),
                known(usages, Usage::peakBytes),
                mean(usages, Usage::summaryBytes),
                mean(usages, Usage::recalledBytes),
                mean(usages, Usage::recalledPagesPerStep),
                known(usages, Usage::inTime),
                mean(usages, Usage::scoringBytesPerStep),
                mean(usages, Usage::attentionBytesPerStep));
    }

    private static @Nullable Double known(List<Usage> usages, Function<Usage, @Nullable Double> part) {
        var values = usages.stream().map(part).filter(Objects::nonNull).toList();
        return values.isEmpty()
                ? null
                : values.stream().mapToDouble(Double::doubleValue).sum() / values.size();
    }

    private static double mean(List<Usage> usages, ToDoubleFunction<Usage> part) {
        return usages.stream().mapToDouble(part).average().orElse(0);
    }
}
