package io.arkvale.experiments.engine.group;

import io.arkvale.experiments.engine.Machine;
import io.arkvale.experiments.engine.context.Context;
import io.arkvale.experiments.engine.context.ContextScores;
import io.arkvale.experiments.engine.context.FollowingAttention;
import io.arkvale.experiments.engine.context.LastRows;
import io.arkvale.experiments.engine.context.SharedTokens;
import io.arkvale.experiments.engine.context.WindowAttention;
import io.arkvale.experiments.engine.layer.Access;
import io.arkvale.experiments.engine.layer.ChoosingLayer;
import io.arkvale.experiments.engine.layer.DenseLayers;
import io.arkvale.experiments.engine.layer.EvictingLayer;
import io.arkvale.experiments.engine.layer.LayerRun;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.result.Usage;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.llama.attention.DecodeRows;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The runs whose attention the engine computes: token policies, and full attention. */
final class PolicyGroup implements RunGroup {
    /** Tokens per page, in which the use of runs without pages is counted. */
    private static final int PAGE_SIZE = 32;

    private final Context context;
    private final List<RunSpec> runs;
    private final WorkerPool pool;
    /** {@code [layers]}: runs that are dense in the layer, and their memory. */
    private final int[][] denseRuns;

    private final DenseLayers[] dense;
    /** {@code [layers][runs]}: null where the run is dense. */
    private final @Nullable LayerRun[][] limited;

    private final SameHistories twins;
    private List<byte[]> text = List.of();
    /** {@code [runs]}: the most bytes of keys and values on the device. */
    private final double[] peakBytes;

    private long steps;

    PolicyGroup(Context context, List<RunSpec> runs, SharedTokens shared, Machine machine) {
        this.context = context;
        twins = new SameHistories(runs.size());
        this.runs = runs;
        pool = machine.pool();
        var kernels = machine.kernels();
        var shape = context.shape();
        denseRuns = new int[shape.layers()][];
        dense = new DenseLayers[shape.layers()];
        limited = new @Nullable LayerRun[shape.layers()][runs.size()];
        for (int layer = 0; layer < shape.layers(); layer++) {
            var number = layer;
            denseRuns[layer] = IntStream.range(0, runs.size())
                    .filter(run -> runs.get(run).isDense(number))
                    .toArray();
            dense[layer] = new DenseLayers(context, layer, denseRuns[layer].length, kernels);
        }
        var scores = new ContextScores(
                new LastRows(context),
                new WindowAttention(context, shared, kernels),
                new FollowingAttention(context, shared, kernels),
                context.rope());
        var budgets = new int[runs.size()][][];
        pool.forEach(runs.size(), (run, worker) -> budgets[run] = budgets(runs.get(run), scores));
        pool.forEach(Math.multiplyExact(shape.layers(), runs.size()), (item, worker) -> {
            var layer = item / runs.size();
            var run = item % runs.size();
            if (!runs.get(run).isDense(layer)) {
                var own = budgets[run][layer - runs.get(run).denseLayers()];
                limited[layer][run] = begin(runs.get(run), layer, scores, own, shared, kernels);
            }
        });
        peakBytes =
                IntStream.range(0, runs.size()).mapToDouble(this::peakOfPrompt).toArray();
    }

    /**
     * The most bytes while the prompt is read, layer by layer: a layer holds all of it until its policy has decided. One that
     * divides a budget among all layers, or asks for the prompt to be read again, decides when all layers hold all of it.
     */
    private double peakOfPrompt(int run) {
        var shape = context.shape();
        var whole = 2.0 * Float.BYTES * shape.headDim() * shape.kvHeads() * context.tokens();
        if (runs.get(run).asks(Ability.ALL_LAYERS) || runs.get(run).asks(Ability.REPETITION)) {
            return shape.layers() * whole;
        }
        var kept = 0.0;
        var most = 0.0;
        for (int layer = 0; layer < shape.layers(); layer++) {
            most = Math.max(most, kept + whole);
            var policy = limited[layer][run];
            kept += policy == null ? whole : policy.counts().held() * policy.tokenBytes();
        }
        return most;
    }

    /** What each limited layer and KV head of a run may hold. */
    private int[][] budgets(RunSpec run, ContextScores scores) {
        var shape = context.shape();
        var limitedLayers = IntStream.range(0, shape.layers())
                .filter(layer -> !run.isDense(layer))
                .toArray();
        if (limitedLayers.length == 0) {
            return new int[0][];
        }
        var policy = run.choice().policy();
        var setting = run.setting(shape, limitedLayers[0]);
        var equal = new int[limitedLayers.length][shape.kvHeads()];
        for (var ofHeads : equal) {
            Arrays.fill(ofHeads, run.budget());
        }
        if (!policy.info().has(Ability.ALL_LAYERS)) {
            return equal;
        }
        var views = IntStream.range(0, limitedLayers.length)
                .<ContextView>mapToObj(i -> new Access(policy.info(), limitedLayers[i], context, scores, equal[i]))
                .toList();
        var shared = policy.share(setting, views);
        var given = Arrays.stream(shared)
                .flatMapToInt(Arrays::stream)
                .asLongStream()
                .sum();
        var most = (long) run.budget() * limitedLayers.length * shape.kvHeads();
        if (given > most) {
            throw new IllegalStateException("policy '" + policy.info().shortName() + "' divides " + given
                    + " tokens among its heads; its budget is " + most);
        }
        return shared;
    }

    private LayerRun begin(
            RunSpec run, int layer, ContextScores scores, int[] budgets, SharedTokens shared, DenseKernels kernels) {
        var policy = run.choice().policy();
        var begun = policy.begin(run.setting(context.shape(), layer));
        var access = new Access(policy.info(), layer, context, scores, budgets);
        return policy.info().has(Ability.CHOOSES)
                ? new ChoosingLayer(access, begun, shared, kernels.matrix())
                : new EvictingLayer(access, begun, kernels);
    }

    @Override
    public int size() {
        return runs.size();
    }

    @Override
    public void begin(int[] tokens) {
        twins.take(tokens);
        text = Arrays.stream(tokens).mapToObj(context.bytes()).toList();
        steps++;
    }

    @Override
    public void attend(int layer, int firstRow, DecodeRows rows, float[] output) {
        attendDense(layer, firstRow, rows, output);
        pool.forEach(runs.size(), (run, worker) -> {
            var policy = limited[layer][run];
            if (policy != null) {
                policy.attend(firstRow + run, rows, text.get(run), output);
            }
        });
    }

    /** Full attention, once for all runs that have the same queries, keys and values so far. */
    private void attendDense(int layer, int firstRow, DecodeRows rows, float[] output) {
        var inDense = denseRuns[layer];
        var rowOf = IntStream.of(inDense).map(run -> firstRow + run).toArray();
        var kvHeads = context.shape().kvHeads();
        for (int run = 0; run < inDense.length; run++) {
            for (int head = 0; head < kvHeads; head++) {
                dense[layer].add(head, run, rowOf[run], rows);
            }
        }
        var like = twins.among(inDense);
        var first = IntStream.range(0, inDense.length)
                .filter(run -> like[run] == run)
                .toArray();
        var parts = first.length == 0 ? 0 : Math.min(first.length, Math.ceilDiv(pool.workers(), kvHeads));
        pool.forEach(parts * kvHeads, (item, worker) -> {
            var part = item / kvHeads;
            var some = Arrays.copyOfRange(first, first.length * part / parts, first.length * (part + 1) / parts);
            dense[layer].attend(item % kvHeads, some, rowOf, rows, output);
        });
        var width = context.shape().queryWidth();
        for (int run = 0; run < like.length; run++) {
            System.arraycopy(output, rowOf[like[run]] * width, output, rowOf[run] * width, width);
        }
    }

    @Override
    public void end() {
        for (int run = 0; run < peakBytes.length; run++) {
            peakBytes[run] = Math.max(peakBytes[run], sums(run).residentBytes);
        }
    }

    @Override
    public int[] attended(int run, int layer, int queryHead) {
        return Objects.requireNonNull(limited[layer][run], "a dense layer").attended(queryHead);
    }

    @Override
    public int[] held(int run, int layer, int kvHead) {
        return Objects.requireNonNull(limited[layer][run], "a dense layer").held(kvHead);
    }

    @Override
    public Usage usage(int run) {
        var shape = context.shape();
        var length = context.tokens() + steps;
        var denseSteps = denseSteps();
        var sum = sums(run);
        var perStep = 1.0 / Math.max(1, steps);
        if (sum.heads == 0) {
            return new Usage(
                    length / (double) PAGE_SIZE,
                    denseSteps * perStep / PAGE_SIZE,
                    denseSteps * perStep,
                    sum.residentBytes,
                    peakBytes[run],
                    0,
                    0,
                    0,
                    null,
                    0,
                    sum.attentionBytes * perStep);
        }
        return new Usage(
                sum.held / (double) sum.heads / PAGE_SIZE,
                sum.attended / sum.heads / PAGE_SIZE * perStep,
                sum.heldSteps / (double) sum.heads * perStep,
                sum.residentBytes,
                peakBytes[run],
                sum.summaryBytes,
                sum.recalledBytes,
                sum.recalled / (double) shape.kvHeads() / PAGE_SIZE * perStep,
                null,
                sum.scoringBytes * perStep,
                sum.attentionBytes * perStep);
    }

    /** A dense layer reads at each step all that there is by then. */
    private long denseSteps() {
        return steps * context.tokens() + steps * (steps + 1) / 2;
    }

    private Sums sums(int run) {
        var shape = context.shape();
        var length = context.tokens() + steps;
        var denseSteps = denseSteps();
        var fullBytes = 2.0 * Float.BYTES * shape.headDim();
        var sum = new Sums();
        for (var layer : limited) {
            var policy = layer[run];
            if (policy == null) {
                sum.residentBytes += shape.kvHeads() * length * fullBytes;
                sum.attentionBytes += shape.kvHeads() * denseSteps * fullBytes;
            } else {
                sum.add(policy, shape.kvHeads());
            }
        }
        return sum;
    }

    /** Sums over the layers of a run. */
    private static final class Sums {
        private int heads;
        private long held;
        private long heldSteps;
        private double attended;
        private long recalled;
        private double residentBytes;
        private double summaryBytes;
        private double recalledBytes;
        private double scoringBytes;
        private double attentionBytes;

        void add(LayerRun layer, int kvHeads) {
            var counts = layer.counts();
            heads += kvHeads;
            held += counts.held();
            heldSteps += counts.heldSteps();
            attended += counts.attended();
            recalled += counts.recalled();
            residentBytes += counts.held() * layer.tokenBytes();
            summaryBytes += layer.summaryBytes();
            recalledBytes += counts.recalled() * layer.recalledTokenBytes();
            scoringBytes += counts.scoringBytes();
            attentionBytes += counts.read() * layer.tokenBytes() + counts.probabilityBytes();
        }
    }

    @Override
    public void close() {}
}
