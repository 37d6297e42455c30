package io.arkvale.experiments.engine;

import io.arkvale.experiments.report.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A cell of a scored task.
 *
 * @param task the task's name
 * @param policy the policy as it was named
 * @param budget tokens a KV head of a limited layer may hold
 * @param length filler characters
 * @param right for each question whether it was answered token by token; the same questions in every cell of a length
 * @param promptTokens tokens of context and questions, mean over episodes
 * @param usage mean over episodes
 */
public record TaskResult(
        String task, String policy, int budget, int length, List<Boolean> right, double promptTokens, Usage usage) {
    /** Questions asked. */
    public int samples() {
        return right.size();
    }

    /** Questions answered token by token. */
    public int correct() {
        return (int) right.stream().filter(answer -> answer).count();
    }

    /** Share of right answers, from 0 to 1. */
    public double accuracy() {
        return correct() / (double) samples();
    }

    /** The 95 % interval of the accuracy (Wilson, 1927). */
    public Interval interval() {
        return Interval.ofShare(correct(), samples());
    }

    /** How much more often than in another cell the same questions were answered, with the paired 95 % interval. */
    public Interval.Estimate against(TaskResult other) {
        var differences = IntStream.range(0, samples())
                .mapToDouble(i -> (right.get(i) ? 1 : 0) - (other.right.get(i) ? 1 : 0))
                .toArray();
        return Interval.ofMean(differences);
    }

    private String outcomes() {
        return right.stream().map(answer -> answer ? "1" : "0").collect(Collectors.joining());
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
                Metric.of(
                        "accuracy_low",
                        result -> Rounding.to(4, result.interval().low())),
                Metric.of(
                        "accuracy_high",
                        result -> Rounding.to(4, result.interval().high())),
                Metric.of("prompt_tokens", result -> Math.round(result.promptTokens()))));
        metrics.addAll(Usage.metrics(TaskResult::usage));
        metrics.add(Metric.of("outcomes", TaskResult::outcomes));
        return List.copyOf(metrics);
    }
}
