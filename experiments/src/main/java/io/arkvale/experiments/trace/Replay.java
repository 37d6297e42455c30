package io.arkvale.experiments.trace;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.engine.Machine;
import io.arkvale.experiments.engine.context.Context;
import io.arkvale.experiments.engine.context.ModelScores;
import io.arkvale.experiments.engine.group.Runs;
import io.arkvale.experiments.plan.Grid;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.result.Fidelity;
import io.arkvale.experiments.result.Usage;
import io.arkvale.llama.attention.DecodeRows;
import io.arkvale.llama.attention.DenseAttention;
import io.arkvale.llama.attention.KeyValueStore;
import io.arkvale.llama.rope.Rope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;

/**
 * Runs over a trace instead of a model: every run gets the queries, keys and values that were recorded. A run under the
 * policy of the recording decides what the recorded one did; what another run attends to does not show in later layers'
 * and steps' queries, keys and values.
 */
public final class Replay implements AutoCloseable {
    /** Tokens taken from the file at once. */
    private static final int CHUNK = 1024;

    /**
     * A cell of a replay.
     *
     * @param policy the policy as it was named
     * @param budget tokens that a KV head of a limited layer may hold
     * @param trace what was replayed
     * @param usage what the run used
     * @param fidelity how near the run came to full attention
     */
    public record Result(String policy, int budget, TraceHeader trace, Usage usage, Fidelity fidelity) {}

    /** The columns of a report. */
    public static final List<Metric<Result>> METRICS = metrics();

    private final Trace trace;
    private final TraceHeader shape;
    private final int[] tokens;
    private final Runs runs;
    private final float[] output;
    /** {@code [runs][width]}: each row is the same. */
    private final float[] queries;

    private final float[] rawQueries;
    private final float[] keys;
    private final float[] values;

    /** Hands the trace's context over to every run; the trace stays its owner's. */
    Replay(Trace trace, Machine machine, List<RunSpec> specs) {
        this.trace = trace;
        shape = trace.header();
        tokens = trace.tokens();
        runs = new Runs(machine, context(machine), specs, shape.steps(), true);
        queries = new float[Math.multiplyExact(specs.size(), shape.queryWidth())];
        rawQueries = new float[queries.length];
        output = new float[queries.length];
        keys = new float[Math.multiplyExact(specs.size(), shape.kvWidth())];
        values = new float[keys.length];
    }

    /**
     * Refuses runs that the trace has too little for, before any work starts.
     *
     * @throws UserException if a run needs the queries of all of the context's tokens and they are not there, needs the
     *     model, or cannot work with its budget
     */
    public static void check(TraceHeader trace, List<RunSpec> runs) {
        for (var run : runs) {
            run.check(trace);
            if (run.asks(Ability.REPETITION) || run.asks(Ability.HEAD_LOSSES)) {
                throw new UserException("policy '" + run.choice().label()
                        + "' asks the model itself, and a trace has none; run it with a task's command");
            }
            if (run.onCache().isPresent()
                    && run.onCache().get().prefetchDistance(run.choice().settings()) > 0) {
                throw new UserException("policy '" + run.choice().label()
                        + "' guesses queries with the model, and a trace has none; run it with a task's command");
            }
            if (run.readsAllRows() && trace.contextQueries() < trace.contextTokens()) {
                throw new UserException("policy '" + run.choice().label() + "' needs the queries of all "
                        + trace.contextTokens() + " tokens of the context, and the trace has those of the last "
                        + trace.contextQueries() + " only");
            }
        }
    }

    /**
     * Replays a trace under every policy and budget of a grid, {@link #check}ed before.
     *
     * @param progress run after each step
     */
    public static List<Result> measure(Trace trace, Machine machine, Grid grid, Runnable progress) {
        try (var replay = new Replay(trace, machine, grid.runs())) {
            for (int step = 0; step < replay.shape.steps(); step++) {
                replay.step();
                progress.run();
            }
            var usage = replay.runs.usage();
            var fidelity = replay.runs.fidelity();
            return grid.cells().stream()
                    .map(cell -> new Result(
                            cell.policy().label(),
                            cell.budget(),
                            replay.shape,
                            usage.get(cell.run()),
                            fidelity.get(cell.run())))
                    .toList();
        }
    }

    private static List<Metric<Result>> metrics() {
        var metrics = new ArrayList<Metric<Result>>(List.of(
                Metric.of("task", result -> "trace"),
                Metric.of("policy", Result::policy),
                Metric.of("budget", Result::budget),
                Metric.of("length", result -> result.trace().contextTokens()),
                Metric.of("steps", result -> result.trace().steps()),
                Metric.of("recorded_policy", result -> result.trace().run().policy()),
                Metric.of("recorded_budget", result -> result.trace().run().budget())));
        metrics.addAll(Usage.metrics(Result::usage));
        metrics.addAll(Fidelity.metrics(Result::fidelity));
        return List.copyOf(metrics);
    }

    private Context context(Machine machine) {
        var store = new KeyValueStore(shape, machine.kernels());
        var keyRows = new float[Math.multiplyExact(Math.min(CHUNK, shape.contextTokens()), shape.kvWidth())];
        var valueRows = new float[keyRows.length];
        var noQueries = new float[0];
        var attention = new DenseAttention(shape, machine.kernels(), machine.pool(), List.of(store));
        try (var pass = attention.prefill(0, shape.contextTokens())) {
            for (int layer = 0; layer < shape.layers(); layer++) {
                for (int from = 0; from < shape.contextTokens(); from += CHUNK) {
                    var count = Math.min(CHUNK, shape.contextTokens() - from);
                    trace.keys(layer).copy(from, count, keyRows, 0);
                    trace.values(layer).copy(from, count, valueRows, 0);
                    pass.store(layer, from, count, noQueries, keyRows, valueRows);
                }
                pass.finishLayer(layer, trace.queries(layer).row(shape.contextQueries() - 1));
            }
            pass.commit();
        }
        var bytes = new HashMap<Integer, byte[]>();
        for (int position = 0; position < tokens.length; position++) {
            bytes.put(tokens[position], trace.text(position));
        }
        return new Context(
                shape,
                new Rope(machine.kernels().rows(), trace.ropeFrequencies()),
                store,
                new TracedQueries(trace),
                position -> tokens[position],
                token -> Objects.requireNonNull(bytes.get(token), "a token of another text"),
                ModelScores.NONE);
    }

    /** The runs, as they stand. */
    Runs runs() {
        return runs;
    }

    /** Takes the next step. */
    void step() {
        var position = runs.position();
        var step = position - shape.contextTokens();
        var same = new int[runs.size()];
        Arrays.fill(same, tokens[position]);
        var positions = new int[runs.size()];
        Arrays.fill(positions, position);
        var rows = new DecodeRows(positions, queries, keys, values, rawQueries);
        try (var pass = runs.step(same)) {
            for (int layer = 0; layer < shape.layers(); layer++) {
                spread(trace.queries(layer), shape.contextQueries() + step, queries);
                spread(trace.rawQueries(layer), step, rawQueries);
                spread(trace.keys(layer), position, keys);
                spread(trace.values(layer), position, values);
                pass.attend(layer, rows, output);
            }
            pass.commit();
        }
    }

    /** Gives every run the same row. */
    private static void spread(TraceRows source, int row, float[] target) {
        source.copy(row, 1, target, 0);
        for (int at = source.width(); at < target.length; at += source.width()) {
            System.arraycopy(target, 0, target, at, source.width());
        }
    }

    @Override
    public void close() {
        runs.close();
    }
}
