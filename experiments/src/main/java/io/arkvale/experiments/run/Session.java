package io.arkvale.experiments.run;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.engine.context.Context;
import io.arkvale.experiments.engine.group.Runs;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.result.Fidelity;
import io.arkvale.experiments.result.Usage;
import io.arkvale.llama.attention.DecodeAttention;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Several runs that continue one context on a model, each under its own policy and budget, decoded together. */
public final class Session implements AutoCloseable {
    private final Lab lab;
    private final Runs runs;
    private final UnaryOperator<DecodeAttention.Pass> watching;

    /**
     * Hands the context over to every run, each to be compared with full attention.
     *
     * @param moreTokens most tokens that will follow the context
     */
    public Session(Lab lab, Context context, List<RunSpec> runs, int moreTokens) {
        this(lab, context, runs, moreTokens, UnaryOperator.identity());
    }

    /**
     * The same, watched.
     *
     * @param watching stands between the model and each step's attention
     */
    public Session(
            Lab lab,
            Context context,
            List<RunSpec> runs,
            int moreTokens,
            UnaryOperator<DecodeAttention.Pass> watching) {
        this(lab, new Runs(lab.machine(), lab.withModelScores(context, runs), runs, moreTokens, true), watching);
    }

    private Session(Lab lab, Runs runs, UnaryOperator<DecodeAttention.Pass> watching) {
        this.lab = lab;
        this.runs = runs;
        this.watching = watching;
    }

    /**
     * Runs that are compared with nothing.
     *
     * @param moreTokens most tokens that will follow the context
     */
    public static Session uncompared(Lab lab, Context context, List<RunSpec> runs, int moreTokens) {
        return new Session(
                lab,
                new Runs(lab.machine(), lab.withModelScores(context, runs), runs, moreTokens, false),
                UnaryOperator.identity());
    }

    /**
     * Feeds each run one token.
     *
     * @param tokens one per run
     * @return logits, one row per run
     */
    public float[][] decode(int[] tokens) {
        var inRows = new int[tokens.length];
        for (int run = 0; run < tokens.length; run++) {
            inRows[runs.row(run)] = tokens[run];
        }
        var positions = new int[tokens.length];
        Arrays.fill(positions, runs.position());
        var byRow = lab.decoder(tokens.length).run(inRows, positions, ignored -> watching.apply(runs.step(inRows)));
        var vocabulary = lab.model().config().vocabulary();
        var logits = new float[tokens.length][];
        for (int run = 0; run < tokens.length; run++) {
            var from = runs.row(run) * vocabulary;
            logits[run] = Arrays.copyOfRange(byRow, from, from + vocabulary);
            requireNumbers(logits[run]);
        }
        return logits;
    }

    /** Feeds every run the same token; the logits likewise. */
    public float[][] decode(int token) {
        var same = new int[runs.size()];
        Arrays.fill(same, token);
        return decode(same);
    }

    /** Nothing that is computed from logits that are no numbers means anything. */
    private void requireNumbers(float[] logits) {
        for (float logit : logits) {
            if (!Float.isFinite(logit)) {
                throw new UserException("model " + lab.name() + " predicts " + logit + " at position "
                        + (runs.position() - 1) + ": its weights hold values that are no numbers, or are too large");
            }
        }
    }

    /** The runs. */
    public Runs runs() {
        return runs;
    }

    /** What each run has used so far. */
    public List<Usage> usage() {
        return runs.usage();
    }

    /** Bytes that backups hold now, of all runs together. */
    public long backupBytes() {
        return runs.backupBytes();
    }

    /** How near each run came to full attention so far. */
    public List<Fidelity> fidelity() {
        return runs.fidelity();
    }

    @Override
    public void close() {
        runs.close();
    }
}
