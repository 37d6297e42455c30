package io.arkvale.experiments.engine;

import io.arkvale.experiments.report.Metric;
import java.util.ArrayList;
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
        var metrics = new ArrayList<Metric<TaskResult>>(List.of(
                Metric.of("task", TaskResult::task),
                Metric.of("policy", TaskResult::policy),
                Metric.of("budget", TaskResult::budget),
                Metric.of("length", TaskResult::length),
                Metric.of("samples", TaskResult::samples),
                Metric.of("correct", TaskResult::correct),
                Metric.of("accuracy", result -> Rounding.to(4, result.accuracy())),
                Metric.of("prompt_tokens", result -> Math.round(result.promptTokens()))));
        metrics.addAll(Usage.metrics(TaskResult::usage));
        return List.copyOf(metrics);
    }
}
