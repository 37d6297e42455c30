package io.arkvale.experiments.engine;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.bound.Full;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.WorkerPool;
import io.arkvale.llama.DecodeRows;
import io.arkvale.llama.Rope;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The runs whose attention the engine computes: token policies, and full attention. */
final class PolicyGroup implements RunGroup {
    /** Tokens a page, in which the use of runs without pages is counted. */
    private static final int PAGE_SIZE = 32;

    private final Context context;
    private final List<RunSpec> runs;
    private final WorkerPool pool;
    /** {@code [layers]}: runs that are dense in the layer, and their memory. */
    private final int[][] denseRuns;

    private final DenseLayers[] dense;
    /** {@code [layers][runs]}: null where the run is dense. */
    private final @Nullable LayerRun[][] limited;

    private long steps;

    PolicyGroup(Context context, List<RunSpec> runs, Workbench bench) {
        this.context = context;
        this.runs = runs;
        pool = bench.pool();
        var shape = context.shape();
        denseRuns = new int[shape.layers()][];
        dense = new DenseLayers[shape.layers()];
        limited = new @Nullable LayerRun[shape.layers()][runs.size()];
        for (int layer = 0; layer < shape.layers(); layer++) {
            var number = layer;
            denseRuns[layer] = IntStream.range(0, runs.size())
                    .filter(run -> isDense(run, number))
                    .toArray();
            dense[layer] = new DenseLayers(
                    context, layer, denseRuns[layer].length, bench.model().kernels());
        }
        var kernels = bench.model().kernels();
        var rope = bench.model().rope();
        var lastRows = new LastRows(context);
        var shared = new SharedTokens(context, kernels.matrix());
        var windows = new WindowAttention(context, shared, kernels.matrix());
        pool.forEach(Math.multiplyExact(shape.layers(), runs.size()), (item, worker) -> {
            var layer = item / runs.size();
            var run = item % runs.size();
            if (!isDense(run, layer)) {
                limited[layer][run] = begin(runs.get(run), layer, lastRows, windows, shared, kernels, rope);
            }
        });
    }

    private LayerRun begin(
            RunSpec run,
            int layer,
            LastRows lastRows,
            WindowAttention windows,
            SharedTokens shared,
            DenseKernels kernels,
            Rope rope) {
        var policy = (TokenPolicy) run.choice().policy();
        var begun = policy.begin(run.setting(context.shape(), layer));
        var access = new Access(policy.info(), layer, context, lastRows, windows);
        return policy.info().has(Ability.CHOOSES)
                ? new ChoosingLayer(access, begun, shared, kernels.matrix())
                : new EvictingLayer(access, begun, kernels, rope);
    }

    private boolean isDense(int run, int layer) {
        return runs.get(run).choice().policy() instanceof Full
                || layer < runs.get(run).denseLayers();
    }

    @Override
    public int size() {
        return runs.size();
    }

    @Override
    public void begin() {
        steps++;
    }

    @Override
    public void attend(int layer, int firstRow, DecodeRows rows, float[] output) {
        var inDense = denseRuns[layer];
        var rowOf = IntStream.of(inDense).map(run -> firstRow + run).toArray();
        var kvHeads = context.shape().kvHeads();
        var parts = inDense.length == 0 ? 0 : Math.min(inDense.length, Math.ceilDiv(pool.workers(), kvHeads));
        pool.forEach(parts * kvHeads, (item, worker) -> {
            var part = item / kvHeads;
            var from = inDense.length * part / parts;
            var to = inDense.length * (part + 1) / parts;
            dense[layer].attend(item % kvHeads, from, to, rowOf, rows, output);
        });
        pool.forEach(runs.size(), (run, worker) -> {
            var policy = limited[layer][run];
            if (policy != null) {
                policy.attend(firstRow + run, rows, output);
            }
        });
    }

    @Override
    public void end() {}

    @Override
    public Usage usage(int run) {
        var shape = context.shape();
        var heads = 0;
        var held = 0L;
        var attended = 0.0;
        var recalled = 0L;
        for (var layer : limited) {
            var policy = layer[run];
            if (policy != null) {
                heads += shape.kvHeads();
                held += policy.heldTokens();
                attended += policy.attendedTokens();
                recalled += policy.recalledTokens();
            }
        }
        var tokenBytes = 2.0 * Float.BYTES * shape.headDim();
        var length = context.tokens() + steps;
        var denseTokens = ((long) shape.layers() * shape.kvHeads() - heads) * length;
        if (heads == 0) {
            var pages = Math.ceilDiv(length, PAGE_SIZE);
            return new Usage(pages, pages, denseTokens * tokenBytes, 0, 0);
        }
        return new Usage(
                held / (double) heads / PAGE_SIZE,
                attended / heads / PAGE_SIZE / Math.max(1, steps),
                (held + denseTokens) * tokenBytes,
                recalled * tokenBytes,
                recalled / (double) shape.kvHeads() / PAGE_SIZE / Math.max(1, steps));
    }

    @Override
    public void close() {}
}
