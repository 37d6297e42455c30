package io.arkvale.experiments.engine;

import io.arkvale.experiments.report.Metric;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/**
 * A cell of a scored task.
 *
 * @param task the task's name
 * @param policy the policy as it was named
 * @param budget tokens a KV head of a limited layer may hold
 * @param length filler characters
 * @param samples questions asked
 * @param correct questions answered token by token
 * @param promptTokens tokens of context and questions, mean over episodes
 * @param usage mean over episodes
 */
public record TaskResult(
        String task,
        String policy,
        int budget,
        int length,
        int samples,
        int correct,
        double promptTokens,
        Usage usage) {
    /** Share of right answers, from 0 to 1. */
    public double accuracy() {
        return correct / (double) samples;
    }

    /** The columns of a report. */
    public static List<Metric<TaskResult>> metrics() {
        return List.of(
                Metric.of("task", TaskResult::task),
                Metric.of("policy", TaskResult::policy),
                Metric.of("budget", TaskResult::budget),
                Metric.of("length", TaskResult::length),
                Metric.of("samples", TaskResult::samples),
                Metric.of("correct", TaskResult::correct),
                Metric.of("accuracy", result -> rounded(result.accuracy(), 4)),
                Metric.of("prompt_tokens", result -> Math.round(result.promptTokens())),
                Metric.of("resident_pages", result -> rounded(result.usage().residentPages(), 2)),
                Metric.of("attended_pages", result -> rounded(result.usage().attendedPages(), 2)),
                Metric.of("resident_bytes", result -> Math.round(result.usage().residentBytes())),
                Metric.of("recalled_bytes", result -> Math.round(result.usage().recalledBytes())),
                Metric.of("recalled_pages_per_step", result -> rounded(
                        result.usage().recalledPagesPerStep(), 2)));
    }

    static BigDecimal rounded(double value, int digits) {
        return BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_UP);
    }
}
