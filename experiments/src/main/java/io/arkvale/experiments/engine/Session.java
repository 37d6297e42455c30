package io.arkvale.experiments.engine;

import io.arkvale.experiments.policy.recall.ArkVale;
import io.arkvale.llama.DecodeAttention;
import io.arkvale.llama.DecodeRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;

/** Several runs that continue one context, each under its own policy and budget, decoded together. */
final class Session implements AutoCloseable {
    private final Workbench bench;
    private final List<RunGroup> groups = new ArrayList<>();
    /** The row of each run: rows go by group, runs by the caller's order. */
    private final int[] rowOf;

    private int position;

    /**
     * Hands the context over to every run.
     *
     * @param moreTokens most tokens that will follow the context
     */
    Session(Workbench bench, Context context, List<RunSpec> runs, int moreTokens) {
        this.bench = bench;
        position = context.tokens();
        rowOf = new int[runs.size()];
        var members = new LinkedHashMap<Object, List<Integer>>();
        for (int run = 0; run < runs.size(); run++) {
            members.computeIfAbsent(kind(runs.get(run)), kind -> new ArrayList<>())
                    .add(run);
        }
        try {
            var row = 0;
            for (var indices : members.values()) {
                groups.add(group(context, indices.stream().map(runs::get).toList(), moreTokens));
                for (int run : indices) {
                    rowOf[run] = row++;
                }
            }
        } catch (Throwable failure) {
            close();
            throw failure;
        }
    }

    private RunGroup group(Context context, List<RunSpec> runs, int moreTokens) {
        if (runs.getFirst().choice().policy() instanceof ArkVale) {
            return new CacheGroup(bench.backend(), context, runs, moreTokens);
        }
        return new PolicyGroup(context, runs, bench);
    }

    /** Runs of one kind share a group: a cache of one page size and grouping, or the engine. */
    private static Object kind(RunSpec run) {
        return run.choice().policy() instanceof ArkVale
                ? ArkVale.cacheKey(run.choice().settings())
                : "engine";
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
            inRows[rowOf[run]] = tokens[run];
        }
        var positions = new int[tokens.length];
        Arrays.fill(positions, position);
        var byRow = bench.decoder(tokens.length).run(inRows, positions, ignored -> new Pass());
        position++;
        var vocabulary = bench.model().config().vocabulary();
        var logits = new float[tokens.length][];
        for (int run = 0; run < tokens.length; run++) {
            var from = rowOf[run] * vocabulary;
            logits[run] = Arrays.copyOfRange(byRow, from, from + vocabulary);
        }
        return logits;
    }

    /** What each run has used so far. */
    List<Usage> usage() {
        var byRow = new ArrayList<Usage>();
        for (var group : groups) {
            for (int run = 0; run < group.size(); run++) {
                byRow.add(group.usage(run));
            }
        }
        return Arrays.stream(rowOf).mapToObj(byRow::get).toList();
    }

    @Override
    public void close() {
        groups.forEach(RunGroup::close);
    }

    /** One forward pass of all groups. */
    private final class Pass implements DecodeAttention.Pass {
        Pass() {
            groups.forEach(RunGroup::begin);
        }

        @Override
        public void attend(int layer, DecodeRows rows, float[] output) {
            var row = 0;
            for (var group : groups) {
                group.attend(layer, row, rows, output);
                row += group.size();
            }
        }

        @Override
        public void commit() {
            groups.forEach(RunGroup::end);
        }

        @Override
        public void close() {}
    }
}
