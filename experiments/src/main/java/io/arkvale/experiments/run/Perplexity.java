package io.arkvale.experiments.run;

import io.arkvale.experiments.plan.ContentDigest;
import io.arkvale.experiments.plan.Grid;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.report.Origin;
import io.arkvale.experiments.result.Fidelity;
import io.arkvale.experiments.result.Notebook;
import io.arkvale.experiments.result.Observation;
import io.arkvale.experiments.result.Observation.Place;
import io.arkvale.experiments.result.TextResult;
import io.arkvale.experiments.result.Usage;
import io.arkvale.llama.Logits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * How well a text is predicted when it is fed token by token under policies and budgets, after a prefilled beginning. An
 * observation is a block of tokens, so that the spread over blocks says how sure the mean is.
 */
public final class Perplexity implements Pieces {
    /** Tokens of a block. */
    private static final int BLOCK = 32;

    private static final String TASK = "perplexity";

    private final Lab lab;
    private final int[] text;
    private final int context;
    private final int scored;
    private final Grid grid;
    private final Origin origin;
    private final String episode;
    private final List<String> cells;
    private final int blocks;

    /**
     * Sets the text.
     *
     * @param text at least {@code context + scored + 1} tokens
     * @param context tokens to prefill
     * @param scored tokens to feed, the prediction of each one's successor is scored
     */
    public Perplexity(Lab lab, int[] text, int context, int scored, Grid grid, long seed) {
        this.lab = lab;
        this.text = Arrays.copyOf(text, context + scored + 1);
        this.context = context;
        this.scored = scored;
        this.grid = grid;
        origin = lab.origin(seed);
        blocks = Math.ceilDiv(scored, BLOCK);
        episode = ContentDigest.ofWords(List.of(TASK, BLOCK, context, Arrays.toString(this.text)));
        var model = lab.identity();
        cells = grid.runs().stream()
                .map(run -> CellIdentity.of(run, model, TASK, lab.machine()))
                .toList();
    }

    /**
     * Runs what the notebook does not hold; results in the order of the grid's cells.
     *
     * @param progress run after each token
     */
    public List<TextResult> measure(Notebook notebook, Runnable progress) {
        var missing = missing(0, notebook);
        if (!missing.isEmpty()) {
            notebook.add(observe(missing, progress));
        }
        return grid.cells().stream()
                .map(cell -> new TextResult(
                        cell.policy().label(),
                        cell.budget(),
                        context,
                        scored,
                        blocks(cell.run()).stream()
                                .map(place -> notebook.at(place).orElseThrow())
                                .toList()))
                .toList();
    }

    /** One: all cells share the prefilled beginning. */
    @Override
    public int count() {
        return 1;
    }

    @Override
    public String group(int piece) {
        return String.format(Locale.ROOT, "context %,d", context);
    }

    @Override
    public long bytes() {
        return Pieces.bytes(lab, context + scored, grid.runs().size());
    }

    @Override
    public List<Place> places(int piece) {
        return Pieces.distinct(cells)
                .boxed()
                .flatMap(run -> blocks(run).stream())
                .toList();
    }

    @Override
    public List<Observation> observe(int piece, Set<Place> wanted) {
        return observe(wanted, () -> {});
    }

    private List<Observation> observe(Set<Place> wanted, Runnable progress) {
        var fed = Pieces.distinct(cells)
                .filter(run -> blocks(run).stream().anyMatch(wanted::contains))
                .boxed()
                .toList();
        return feed(fed, progress).stream()
                .filter(observation -> wanted.contains(observation.place()))
                .toList();
    }

    private List<Place> blocks(int run) {
        return IntStream.range(0, blocks)
                .mapToObj(block -> new Place(cells.get(run), episode, block))
                .toList();
    }

    private List<Observation> feed(List<Integer> numbers, Runnable progress) {
        var runs = numbers.stream().map(grid.runs()::get).toList();
        var bits = new double[runs.size()][blocks];
        var prefilled = lab.prefill(Arrays.copyOf(text, context), runs.stream().anyMatch(RunSpec::readsAllRows));
        try (var session = new Session(lab, prefilled, runs, scored)) {
            for (int i = 0; i < scored; i++) {
                var logits = session.decode(text[context + i]);
                for (int run = 0; run < bits.length; run++) {
                    var row = logits[run];
                    var logProbability = Logits.logProbability(row, 0, row.length, text[context + i + 1]);
                    bits[run][i / BLOCK] -= logProbability / Math.log(2);
                }
                progress.run();
            }
            var observations = new ArrayList<Observation>();
            for (int run = 0; run < bits.length; run++) {
                for (int block = 0; block < blocks; block++) {
                    observations.add(observation(
                            numbers.get(run),
                            block,
                            bits[run][block],
                            session.usage().get(run),
                            session.fidelity().get(run)));
                }
            }
            return observations;
        }
    }

    private Observation observation(int number, int block, double bits, Usage usage, Fidelity fidelity) {
        var run = grid.runs().get(number);
        var first = context + 1 + block * BLOCK;
        var tokens = Arrays.copyOfRange(text, first, Math.min(first + BLOCK, text.length));
        return new Observation(
                cells.get(number),
                episode,
                block,
                TASK,
                run.choice().label(),
                run.budget(),
                context,
                TASK,
                0,
                "",
                "",
                List.of(lab.text(tokens)),
                bits,
                lab.bytes(tokens).length,
                context + scored,
                block == 0,
                usage,
                fidelity,
                run.onCache().isPresent() ? origin : origin.withoutBackend());
    }
}
