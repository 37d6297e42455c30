package io.arkvale.experiments.run;

import io.arkvale.experiments.plan.Grid;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.result.Fidelity;
import io.arkvale.experiments.result.Rounding;
import io.arkvale.experiments.result.Usage;
import io.arkvale.llama.Logits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How well a text is predicted when it is fed token by token under policies and budgets, after a prefilled beginning. */
public final class Perplexity {
    /**
     * A cell of the task.
     *
     * @param policy the policy as it was named
     * @param budget tokens a KV head of a limited layer may hold
     * @param contextTokens tokens prefilled
     * @param scoredTokens tokens predicted
     * @param bitsPerByte mean of {@code -log2 p} over the predicted text's bytes
     * @param usage what the run used
     * @param fidelity how near the run came to full attention
     */
    public record Result(
            String policy,
            int budget,
            int contextTokens,
            int scoredTokens,
            double bitsPerByte,
            Usage usage,
            Fidelity fidelity) {}

    /** The columns of a report. */
    public static final List<Metric<Result>> METRICS = metrics();

    private Perplexity() {}

    private static List<Metric<Result>> metrics() {
        var metrics = new ArrayList<Metric<Result>>(List.of(
                Metric.of("task", result -> "perplexity"),
                Metric.of("policy", Result::policy),
                Metric.of("budget", Result::budget),
                Metric.of("length", Result::contextTokens),
                Metric.of("scored_tokens", Result::scoredTokens),
                Metric.of("bits_per_byte", result -> Rounding.to(4, result.bitsPerByte()))));
        metrics.addAll(Usage.metrics(Result::usage));
        metrics.addAll(Fidelity.metrics(Result::fidelity));
        return List.copyOf(metrics);
    }

    /**
     * Prefills {@code context} tokens, then feeds the following ones and scores the prediction of each one's successor.
     *
     * @param text at least {@code context + scored + 1} tokens
     * @param progress run after each token
     */
    public static List<Result> measure(Lab bench, int[] text, int context, int scored, Grid grid, Runnable progress) {
        var runs = grid.runs();
        var bits = new double[runs.size()];
        var prefilled =
                bench.prefill(Arrays.copyOf(text, context), runs.stream().anyMatch(RunSpec::readsAllRows));
        try (var session = new Session(bench, prefilled, runs, scored)) {
            for (int i = context; i < context + scored; i++) {
                var same = new int[runs.size()];
                Arrays.fill(same, text[i]);
                var logits = session.decode(same);
                for (int run = 0; run < bits.length; run++) {
                    var row = logits[run];
                    bits[run] -= Logits.logProbability(row, 0, row.length, text[i + 1]) / Math.log(2);
                }
                progress.run();
            }
            var bytes = bench.bytes(Arrays.copyOfRange(text, context + 1, context + scored + 1)).length;
            var usage = session.usage();
            var fidelity = session.fidelity();
            return grid.cells().stream()
                    .map(cell -> new Result(
                            cell.policy().label(),
                            cell.budget(),
                            context,
                            scored,
                            bits[cell.run()] / bytes,
                            usage.get(cell.run()),
                            fidelity.get(cell.run())))
                    .toList();
        }
    }
}
