package io.arkvale.experiments.engine;

import io.arkvale.experiments.policy.recall.ArkVale;
import io.arkvale.llama.DecodeAttention;
import io.arkvale.llama.DecodeRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;

/** Several runs that continue one context, each under its own policy and budget, decoded together. */
final class Session implements AutoCloseable {
    private final Workbench bench;
    private final List<RunSpec> runs;
    private final List<RunGroup> groups = new ArrayList<>();
    /** The row of each run: rows go by group, runs by the caller's order. */
    private final int[] rowOf;

    private final List<FidelityProbe> probes;

    private final int contextTokens;
    private int position;

    /**
     * Hands the context over to every run.
     *
     * @param moreTokens most tokens that will follow the context
     */
    Session(Workbench bench, Context context, List<RunSpec> runs, int moreTokens) {
        this.bench = bench;
        this.runs = runs;
        contextTokens = context.tokens();
        position = contextTokens;
        rowOf = new int[runs.size()];
        var members = new LinkedHashMap<Object, List<Integer>>();
        for (int run = 0; run < runs.size(); run++) {
            members.computeIfAbsent(kind(runs.get(run)), kind -> new ArrayList<>())
                    .add(run);
        }
        var kernels = bench.model().kernels();
        var shared = new SharedTokens(context, kernels.matrix());
        probes = runs.stream()
                .map(run -> new FidelityProbe(run, context, shared, kernels))
                .toList();
        try {
            var row = 0;
            for (var indices : members.values()) {
                groups.add(group(context, indices.stream().map(runs::get).toList(), shared, moreTokens));
                for (int run : indices) {
                    rowOf[run] = row++;
                }
            }
        } catch (Throwable failure) {
            close();
            throw failure;
        }
    }

    private RunGroup group(Context context, List<RunSpec> runs, SharedTokens shared, int moreTokens) {
        if (runs.getFirst().choice().policy() instanceof ArkVale) {
            return new CacheGroup(bench.backend(), context, runs, moreTokens);
        }
        return new PolicyGroup(context, runs, shared, bench);
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
        var byRow = bench.decoder(tokens.length).run(inRows, positions, ignored -> new Pass(inRows));
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

    /** How near each run came to full attention so far. */
    List<Fidelity> fidelity() {
        return probes.stream().map(FidelityProbe::fidelity).toList();
    }

    @Override
    public void close() {
        groups.forEach(RunGroup::close);
    }

    /** One forward pass of all groups. */
    private final class Pass implements DecodeAttention.Pass {
        Pass(int[] tokens) {
            var row = 0;
            for (var group : groups) {
                group.begin(Arrays.copyOfRange(tokens, row, row + group.size()));
                row += group.size();
            }
        }

        @Override
        public void attend(int layer, DecodeRows rows, float[] output) {
            var row = 0;
            for (var group : groups) {
                group.attend(layer, row, rows, output);
                row += group.size();
            }
            var due = (position - contextTokens + 1) % FidelityProbe.EVERY == 0;
            var attended = due ? attended(layer) : new int[rowOf.length][0][];
            bench.pool().forEach(probes.size(), (run, worker) -> {
                var probe = probes.get(run);
                probe.take(layer, rowOf[run], rows);
                if (due) {
                    probe.compare(layer, rowOf[run], rows, output, attended[rowOf[run]]);
                }
            });
        }

        /** What each row's query heads attended to; empty where the layer is dense. */
        private int[][][] attended(int layer) {
            var queryHeads = bench.model().config().queryHeads();
            var attended = new ArrayList<int[][]>();
            for (var group : groups) {
                for (int run = 0; run < group.size(); run++) {
                    var member = run;
                    var heads = runs.get(runOf(attended.size())).isDense(layer) ? 0 : queryHeads;
                    attended.add(IntStream.range(0, heads)
                            .mapToObj(head -> group.attended(member, layer, head))
                            .toArray(int[][]::new));
                }
            }
            return attended.toArray(int[][][]::new);
        }

        private int runOf(int row) {
            return IntStream.range(0, rowOf.length)
                    .filter(run -> rowOf[run] == row)
                    .findFirst()
                    .orElseThrow();
        }

        @Override
        public void commit() {
            groups.forEach(RunGroup::end);
        }

        @Override
        public void close() {}
    }
}
