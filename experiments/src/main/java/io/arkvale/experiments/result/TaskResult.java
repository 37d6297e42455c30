package io.arkvale.experiments.result;

import io.arkvale.experiments.report.Metric;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/**
 * A cell of a task: a function of its observations.
 *
 * @param task the task's name
 * @param policy the policy as it was named
 * @param budget tokens that a KV head of a limited layer may hold
 * @param length of the contexts, in the task's own unit
 * @param protocol how the questions came
 * @param observations at least one, in order of samples and their questions; the same places in every cell of a length
 */
public record TaskResult(
        String task, String policy, int budget, int length, String protocol, List<Observation> observations) {
    /** Copies the observations. */
    public TaskResult {
        observations = List.copyOf(observations);
    }

    /** Questions asked. */
    public int samples() {
        return observations.size();
    }

    /** Questions of the full score. */
    public int correct() {
        return (int) observations.stream()
                .filter(observation -> observation.score() == 1)
                .count();
    }

    /** Mean score, from 0 to 1: the share of right answers where a score is all or nothing. */
    public double accuracy() {
        return observations.stream().mapToDouble(Observation::score).average().orElse(0);
    }

    /** The 95 % interval of the accuracy: Wilson's of a share, or by texts where scores have parts. */
    public Interval interval() {
        return allOrNothing()
                ? Interval.ofShare(correct(), samples())
                : Interval.ofMean(byText(scores(this)), 0, 1).interval();
    }

    private boolean allOrNothing() {
        return observations.stream().allMatch(observation -> observation.score() == 0 || observation.score() == 1);
    }

    /** How much more often than in another cell the same questions were answered, with the paired interval by texts. */
    public Interval.Estimate against(TaskResult other) {
        var mine = scores(this);
        var theirs = scores(other);
        mine.keySet().retainAll(theirs.keySet());
        mine.replaceAll((question, score) -> score - theirs.getOrDefault(question, 0.0));
        return Interval.ofMean(byText(mine), -1, 1);
    }

    /** A question of a text. */
    private record Question(String episode, int number) {}

    private static Map<Question, Double> scores(TaskResult result) {
        var scores = new LinkedHashMap<Question, Double>();
        result.observations.forEach(one -> scores.put(new Question(one.episode(), one.question()), one.score()));
        return scores;
    }

    private static List<double[]> byText(Map<Question, Double> scores) {
        return scores.entrySet().stream()
                .collect(Collectors.groupingBy(
                        entry -> entry.getKey().episode(), LinkedHashMap::new, Collectors.toList()))
                .values()
                .stream()
                .map(text -> text.stream().mapToDouble(Map.Entry::getValue).toArray())
                .toList();
    }

    /** Tokens of context and questions, mean over sessions. */
    public double promptTokens() {
        return sessions().stream().mapToInt(Observation::promptTokens).average().orElse(0);
    }

    /** What sessions used, mean over them. */
    public Usage usage() {
        return Usage.mean(sessions().stream().map(Observation::usage).toList());
    }

    /** How near sessions came to full attention, mean over them. */
    public Fidelity fidelity() {
        return Fidelity.mean(sessions().stream().map(Observation::fidelity).toList());
    }

    private List<Observation> sessions() {
        return observations.stream().filter(Observation::opensSession).toList();
    }

    private String outcomes() {
        return observations.stream()
                .map(Observation::score)
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
        metrics.add(Metric.of("protocol", TaskResult::protocol));
        ServiceLoader.load(CellMetric.class)
                .forEach(metric -> metrics.add(Metric.of(metric.name(), result -> metric.of(result.observations()))));
        return List.copyOf(metrics);
    }
}
