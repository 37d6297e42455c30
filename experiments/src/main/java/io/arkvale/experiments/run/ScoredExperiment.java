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
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A scored task at several lengths, under every policy and budget of a grid. What a notebook holds already is not run
 * again; what is new is in it as soon as a prefill and all that it serves are done.
 */
public final class ScoredExperiment implements Pieces {
    private final Lab lab;
    private final Examiner examiner;
    private final Task task;
    private final Grid grid;
    private final Protocol protocol;
    private final Origin origin;
    /** Identity of each run of the grid. */
    private final List<String> cells;

    private final List<Integer> lengths;
    private final List<List<Sample>> samples = new ArrayList<>();
    private final List<Piece> pieces = new ArrayList<>();

    /** An episode with its number, and what it is by content. */
    private record Sample(int number, Episode episode, String identity, List<Sitting> sittings) {}

    /** A sitting with where it comes from. */
    private record Piece(int length, Sample sample, Sitting sitting) {}

    /**
     * Makes the episodes and checks that the model has room for them.
     *
     * @throws io.arkvale.experiments.UserException if one is too long
     */
    public ScoredExperiment(
            Lab lab, Task task, Grid grid, List<Integer> lengths, int samples, long seed, Protocol protocol) {
        this.lab = lab;
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
            for (var sample : this.samples.getLast()) {
                for (var sitting : sample.sittings()) {
                    lab.requireRoom("a prompt of length " + length, sitting.tokens(examiner));
                    pieces.add(new Piece(length, sample, sitting));
                }
            }
        }
    }

    @Override
    public int count() {
        return pieces.size();
    }

    @Override
    public String group(int piece) {
        return String.format(Locale.ROOT, "length %,d", pieces.get(piece).length());
    }

    @Override
    public long bytes() {
        return Pieces.bytes(lab, longest(), grid.runs().size());
    }

    /** Tokens of the longest sitting. */
    public int longest() {
        return pieces.stream()
                .mapToInt(piece -> piece.sitting().tokens(examiner))
                .max()
                .orElse(0);
    }

    /**
     * Runs what the notebook does not hold; results by length, then in the order of the grid's cells.
     *
     * @param progress run after each piece
     */
    public List<TaskResult> run(Notebook notebook, Runnable progress) {
        for (int piece = 0; piece < count(); piece++) {
            var missing = missing(piece, notebook);
            if (!missing.isEmpty()) {
                notebook.add(observe(piece, missing));
            }
            progress.run();
        }
        var results = new ArrayList<TaskResult>();
        for (int i = 0; i < lengths.size(); i++) {
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

    /** Of one run, whose questions in the sitting all stand in one place each. */
    private List<Place> places(int run, Piece piece) {
        return places(
                run,
                piece.sample(),
                piece.sitting().first(),
                piece.sitting().questions().size());
    }

    @Override
    public List<Place> places(int piece) {
        return Pieces.distinct(cells)
                .boxed()
                .flatMap(run -> places(run, pieces.get(piece)).stream())
                .toList();
    }

    @Override
    public List<Observation> observe(int number, Set<Place> wanted) {
        var piece = pieces.get(number);
        var asked = Pieces.distinct(cells)
                .filter(run -> places(run, piece).stream().anyMatch(wanted::contains))
                .boxed()
                .toList();
        var sitting = piece.sitting();
        var answers =
                examiner.examine(sitting, asked.stream().map(grid.runs()::get).toList());
        var made = new ArrayList<Observation>();
        for (int i = 0; i < asked.size(); i++) {
            for (int question = 0; question < sitting.questions().size(); question++) {
                var observation =
                        observation(asked.get(i), piece.length(), piece.sample(), sitting, question, answers.get(i));
                if (wanted.contains(observation.place())) {
                    made.add(observation);
                }
            }
        }
        return made;
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
