package io.arkvale.experiments.run;

import io.arkvale.experiments.plan.Grid;
import io.arkvale.experiments.plan.Protocol;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.report.Origin;
import io.arkvale.experiments.result.Notebook;
import io.arkvale.experiments.result.Observation;
import io.arkvale.experiments.result.Observation.Place;
import io.arkvale.experiments.result.TaskResult;
import io.arkvale.experiments.run.Examiner.Answers;
import io.arkvale.experiments.run.Examiner.Sitting;
import io.arkvale.experiments.task.Episode;
import io.arkvale.experiments.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A scored task at several lengths, under every policy and budget of a grid. What a notebook holds already is not run
 * again; what is new is in it as soon as an episode is done.
 */
public final class ScoredExperiment {
    private final Examiner examiner;
    private final Task task;
    private final Grid grid;
    private final Protocol protocol;
    private final Origin origin;
    /** Identity of each run of the grid. */
    private final List<String> cells;

    private final List<Integer> lengths;
    private final List<List<Sample>> samples = new ArrayList<>();

    /** An episode with its number, and what it is by content. */
    private record Sample(int number, Episode episode, String identity, List<Sitting> sittings) {}

    /**
     * Makes the episodes and checks that the model has room for them.
     *
     * @throws io.arkvale.experiments.UserException if one is too long
     */
    public ScoredExperiment(
            Lab lab, Task task, Grid grid, List<Integer> lengths, int samples, long seed, Protocol protocol) {
        this.task = task;
        this.grid = grid;
        this.protocol = protocol;
        examiner = new Examiner(lab, protocol);
        origin = lab.origin(seed);
        var model = lab.identity();
        cells = grid.runs().stream()
                .map(run -> CellIdentity.of(run, model, protocol.label(), lab.machine()))
                .toList();
        this.lengths = List.copyOf(lengths);
        for (int length : lengths) {
            var made = task.episodes(length, samples, new SplittableRandom(seed), lab);
            this.samples.add(IntStream.range(0, made.size())
                    .mapToObj(i -> new Sample(
                            i, made.get(i), CellIdentity.of(task, made.get(i)), examiner.sittings(made.get(i))))
                    .toList());
            this.samples
                    .getLast()
                    .forEach(sample -> sample.sittings()
                            .forEach(sitting ->
                                    lab.requireRoom("a prompt of length " + length, sitting.tokens(examiner))));
        }
    }

    /** Episodes of all lengths together. */
    public int episodes() {
        return samples.stream().mapToInt(List::size).sum();
    }

    /** Tokens of the longest sitting. */
    public int longest() {
        return samples.stream()
                .flatMap(List::stream)
                .flatMap(sample -> sample.sittings().stream())
                .mapToInt(sitting -> sitting.tokens(examiner))
                .max()
                .orElse(0);
    }

    /**
     * Runs what the notebook does not hold; results by length, then in the order of the grid's cells.
     *
     * @param progress run after each episode
     */
    public List<TaskResult> run(Notebook notebook, Runnable progress) {
        var results = new ArrayList<TaskResult>();
        for (int i = 0; i < lengths.size(); i++) {
            for (var sample : samples.get(i)) {
                for (var sitting : sample.sittings()) {
                    observe(notebook, lengths.get(i), sample, sitting);
                }
                progress.run();
            }
            for (var cell : grid.cells()) {
                var observations = samples.get(i).stream()
                        .flatMap(sample -> places(
                                cell.run(),
                                sample,
                                0,
                                sample.episode().questions().size())
                                .stream())
                        .map(place -> notebook.at(place).orElseThrow())
                        .toList();
                results.add(new TaskResult(
                        task.name(),
                        cell.policy().label(),
                        cell.budget(),
                        lengths.get(i),
                        protocol.label(),
                        observations));
            }
        }
        return results;
    }

    private List<Place> places(int run, Sample sample, int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(question -> new Place(cells.get(run), sample.identity(), question))
                .toList();
    }

    /** Asks the runs some of whose answers the notebook does not have. */
    private void observe(Notebook notebook, int length, Sample sample, Sitting sitting) {
        var missing = IntStream.range(0, cells.size())
                // Two names of one policy with the same options are one run.
                .filter(run -> cells.indexOf(cells.get(run)) == run)
                .filter(run -> places(
                                run,
                                sample,
                                sitting.first(),
                                sitting.questions().size())
                        .stream()
                        .anyMatch(place -> notebook.at(place).isEmpty()))
                .boxed()
                .toList();
        if (missing.isEmpty()) {
            return;
        }
        var answers =
                examiner.examine(sitting, missing.stream().map(grid.runs()::get).toList());
        var made = new ArrayList<Observation>();
        for (int i = 0; i < missing.size(); i++) {
            for (int question = 0; question < sitting.questions().size(); question++) {
                var observation = observation(missing.get(i), length, sample, sitting, question, answers.get(i));
                if (notebook.at(observation.place()).isEmpty()) {
                    made.add(observation);
                }
            }
        }
        notebook.add(made);
    }

    private Observation observation(
            int number, int length, Sample sample, Sitting sitting, int question, Answers answers) {
        RunSpec run = grid.runs().get(number);
        var asked = sitting.questions().get(question);
        var said = answers.texts().get(question);
        return new Observation(
                cells.get(number),
                sample.identity(),
                sitting.first() + question,
                task.name(),
                run.choice().label(),
                run.budget(),
                length,
                protocol.label(),
                sample.number(),
                asked.text(),
                said,
                asked.references(),
                asked.score(said),
                1,
                sitting.tokens(examiner),
                question == 0,
                answers.usage(),
                answers.fidelity(),
                run.onCache().isPresent() ? origin : origin.withoutBackend());
    }
}
