package io.arkvale.experiments.result;

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
 * @param scores of each question, from 0 to 1; the same questions in every cell of a length
 * @param promptTokens tokens of context and questions, mean over episodes
 * @param usage mean over episodes
 * @param fidelity mean over episodes
 */
public record TaskResult(
        String task,
        String policy,
        int budget,
        int length,
        List<Double> scores,
        double promptTokens,
        Usage usage,
        Fidelity fidelity) {
    /** Questions asked. */
    public int samples() {
        return scores.size();
    }

    /** Questions of the full score. */
    public int correct() {
        return (int) scores.stream().filter(score -> score == 1).count();
    }

    /** Mean score, from 0 to 1: the share of right answers where a score is all or nothing. */
    public double accuracy() {
        return scores.stream().mapToDouble(score -> score).average().orElse(0);
    }

    /** The 95 % interval of the accuracy: that of a share (Wilson, 1927), or of a mean where scores have parts. */
    public Interval interval() {
        return allOrNothing()
                ? Interval.ofShare(correct(), samples())
                : Interval.ofMean(scores.stream().mapToDouble(score -> score).toArray())
                        .interval();
    }

    private boolean allOrNothing() {
        return scores.stream().allMatch(score -> score == 0 || score == 1);
    }

    /** How much more often than in another cell the same questions were answered, with the paired 95 % interval. */
    public Interval.Estimate against(TaskResult other) {
        var differences = IntStream.range(0, samples())
                .mapToDouble(i -> scores.get(i) - other.scores.get(i))
                .toArray();
        return Interval.ofMean(differences);
    }

    private String outcomes() {
        return scores.stream()
                .map(score -> score == 0 || score == 1
                        ? Long.toString(Math.round(score))
                        : Rounding.to(3, score).toString())
                .collect(Collectors.joining(allOrNothing() ? "" : " "));
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
        metrics.addAll(Fidelity.metrics(TaskResult::fidelity));
        metrics.add(Metric.of("outcomes", TaskResult::outcomes));
        return List.copyOf(metrics);
    }
}
