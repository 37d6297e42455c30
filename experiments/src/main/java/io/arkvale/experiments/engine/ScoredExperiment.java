package io.arkvale.experiments.engine;

import io.arkvale.experiments.task.Episode;
import io.arkvale.experiments.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A scored task at several lengths, under every policy and budget of a grid. */
public final class ScoredExperiment {
    /** Told when an episode is done. */
    @FunctionalInterface
    public interface Progress {
        /** One episode is done. */
        void episodeDone();
    }

    private final Workbench bench;
    private final Examiner examiner;
    private final Task task;
    private final Grid grid;
    private final List<Integer> lengths;
    private final List<List<Episode>> episodes = new ArrayList<>();

    /**
     * Makes the episodes and checks that the model has room for them.
     *
     * @throws io.arkvale.experiments.UserException if one is too long
     */
    public ScoredExperiment(Workbench bench, Task task, Grid grid, List<Integer> lengths, int samples, long seed) {
        this.bench = bench;
        this.task = task;
        examiner = new Examiner(bench);
        this.grid = grid;
        this.lengths = List.copyOf(lengths);
        for (int length : lengths) {
            var made = task.episodes(length, samples, new SplittableRandom(seed));
            made.forEach(episode -> bench.requireRoom("a prompt of length " + length, tokens(episode)));
            episodes.add(made);
        }
    }

    /** Episodes of all lengths together. */
    public int episodes() {
        return episodes.stream().mapToInt(List::size).sum();
    }

    /** Tokens of the longest episode. */
    public int longest() {
        return episodes.stream()
                .flatMap(List::stream)
                .mapToInt(this::tokens)
                .max()
                .orElse(0);
    }

    /** Runs everything; results by length, then in the order of the grid's cells. */
    public List<TaskResult> run(Progress progress) {
        var results = new ArrayList<TaskResult>();
        for (int i = 0; i < lengths.size(); i++) {
            var tallies = new ArrayList<Tally>();
            grid.runs().forEach(run -> tallies.add(new Tally()));
            for (var episode : episodes.get(i)) {
                var answers = examiner.examine(episode, grid.runs());
                for (int run = 0; run < answers.size(); run++) {
                    tallies.get(run).add(answers.get(run), tokens(episode));
                }
                progress.episodeDone();
            }
            for (var cell : grid.cells()) {
                results.add(tallies.get(cell.run()).result(task.name(), cell, lengths.get(i)));
            }
        }
        return results;
    }

    private int tokens(Episode episode) {
        var count = bench.tokens(episode.context()).length;
        for (var question : episode.questions()) {
            count += bench.tokens(question.text()).length + examiner.answerTokens(question);
        }
        return count;
    }

    /** Outcomes of the episodes of one run. */
    private static final class Tally {
        private final List<Usage> usages = new ArrayList<>();
        private final List<Fidelity> fidelities = new ArrayList<>();
        private final List<Double> scores = new ArrayList<>();
        private long tokens;

        void add(Answers answers, int promptTokens) {
            scores.addAll(answers.scores());
            fidelities.add(answers.fidelity());
            tokens += promptTokens;
            usages.add(answers.usage());
        }

        TaskResult result(String task, Grid.Cell cell, int length) {
            return new TaskResult(
                    task,
                    cell.policy().label(),
                    cell.budget(),
                    length,
                    List.copyOf(scores),
                    tokens / (double) usages.size(),
                    Usage.mean(usages),
                    Fidelity.mean(fidelities));
        }
    }
}
