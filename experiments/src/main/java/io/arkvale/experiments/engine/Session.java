package io.arkvale.experiments.engine;

import io.arkvale.llama.attention.DecodeAttention;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Several runs that continue one context on a model, each under its own policy and budget, decoded together. */
final class Session implements AutoCloseable {
    private final Workbench bench;
    private final Runs runs;
    private final UnaryOperator<DecodeAttention.Pass> watching;

    /**
     * Hands the context over to every run, each to be compared with full attention.
     *
     * @param moreTokens most tokens that will follow the context
     */
    Session(Workbench bench, Context context, List<RunSpec> runs, int moreTokens) {
        this(bench, context, runs, moreTokens, UnaryOperator.identity());
    }

    /**
     * The same, watched.
     *
     * @param watching stands between the model and each step's attention
     */
    Session(
            Workbench bench,
            Context context,
            List<RunSpec> runs,
            int moreTokens,
            UnaryOperator<DecodeAttention.Pass> watching) {
        this(bench, new Runs(bench.tools(), context, runs, moreTokens, true), watching);
    }

    private Session(Workbench bench, Runs runs, UnaryOperator<DecodeAttention.Pass> watching) {
        this.bench = bench;
        this.runs = runs;
        this.watching = watching;
    }

    /**
     * One run, which is compared with nothing.
     *
     * @param moreTokens most tokens that will follow the context
     */
    static Session uncompared(Workbench bench, Context context, RunSpec run, int moreTokens) {
        return new Session(
                bench, new Runs(bench.tools(), context, List.of(run), moreTokens, false), UnaryOperator.identity());
    }

    /**
     * Feeds each run one token.
     *
     * @param tokens one a run
     * @return logits, one row a run
     */
    float[][] decode(int[] tokens) {
        var inRows = new int[tokens.length];
        for (int run = 0; run < tokens.length; run++) {
            inRows[runs.row(run)] = tokens[run];
        }
        var positions = new int[tokens.length];
        Arrays.fill(positions, runs.position());
        var byRow = bench.decoder(tokens.length).run(inRows, positions, ignored -> watching.apply(runs.step(inRows)));
        var vocabulary = bench.model().config().vocabulary();
        var logits = new float[tokens.length][];
        for (int run = 0; run < tokens.length; run++) {
            var from = runs.row(run) * vocabulary;
            logits[run] = Arrays.copyOfRange(byRow, from, from + vocabulary);
        }
        return logits;
    }

    /** The runs. */
    Runs runs() {
        return runs;
    }

    /** What each run has used so far. */
    List<Usage> usage() {
        return runs.usage();
    }

    /** How near each run came to full attention so far. */
    List<Fidelity> fidelity() {
        return runs.fidelity();
    }

    @Override
    public void close() {
        runs.close();
    }
}
