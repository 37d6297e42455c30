package io.arkvale.experiments.result;

import io.arkvale.experiments.report.Metric;
import java.util.ArrayList;
import java.util.List;

/**
 * How well a text was predicted in one cell: a function of the observations of its blocks.
 *
 * @param policy the policy as it was named
 * @param budget tokens that a KV head of a limited layer may hold
 * @param contextTokens tokens prefilled
 * @param scoredTokens tokens predicted
 * @param blocks their observations, in order; at least one
 */
public record TextResult(String policy, int budget, int contextTokens, int scoredTokens, List<Observation> blocks) {
    /** Copies the blocks. */
    public TextResult {
        blocks = List.copyOf(blocks);
    }

    /** Mean of {@code -log2 p} over the predicted text's bytes, with the interval of a bootstrap over blocks. */
    public Interval.Estimate bitsPerByte() {
        // A byte is at least 0 bits; 8 are what a guess without any knowledge takes.
        return Interval.ofRatio(blocks, Observation::score, Observation::weight, 0, 8);
    }

    /** What the run used. */
    public Usage usage() {
        return blocks.getFirst().usage();
    }

    /** How near the run came to full attention. */
    public Fidelity fidelity() {
        return blocks.getFirst().fidelity();
    }

    /** The columns of a report. */
    public static List<Metric<TextResult>> metrics() {
        var metrics = new ArrayList<Metric<TextResult>>(List.of(
                Metric.of("task", result -> "perplexity"),
                Metric.of("policy", TextResult::policy),
                Metric.of("budget", TextResult::budget),
                Metric.of("length", TextResult::contextTokens),
                Metric.of("scored_tokens", TextResult::scoredTokens),
                Metric.of(
                        "bits_per_byte",
                        result -> Rounding.to(4, result.bitsPerByte().mean())),
                Metric.of(
                        "bits_per_byte_low",
                        result -> Rounding.to(4, result.bitsPerByte().interval().low())),
                Metric.of(
                        "bits_per_byte_high",
                        result -> Rounding.to(4, result.bitsPerByte().interval().high()))));
        metrics.addAll(Usage.metrics(TextResult::usage));
        metrics.addAll(Fidelity.metrics(TextResult::fidelity));
        return List.copyOf(metrics);
    }
}
