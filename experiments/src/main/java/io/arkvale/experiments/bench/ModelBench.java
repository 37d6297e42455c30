package io.arkvale.experiments.bench;

import io.arkvale.api.Backend;
import io.arkvale.api.Batch;
import io.arkvale.api.KvCache;
import io.arkvale.api.PendingReport;
import io.arkvale.api.Sequence;
import io.arkvale.api.Tensor;
import io.arkvale.experiments.bench.BenchResult.Kind;
import io.arkvale.llama.Llama;
import io.arkvale.llama.QueuedDecoder;
import io.arkvale.llama.config.LlamaConfig;
import io.arkvale.llama.forward.DenseDevice;
import io.arkvale.llama.forward.DeviceOperations;
import io.arkvale.llama.forward.Rows;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Times decode steps of a whole model of random weights on a device, over contexts of random keys and values. Steps are queued,
 * with at most some under way, and the host's clock runs over a round of them.
 *
 * <p>Without a budget, queries are the model's own. With one they are the benchmark's: random weights would make each step ask
 * for other pages than the one before. They stay the same, or turn so fast that about one page per sequence and limited layer
 * comes back in each step.
 */
public final class ModelBench implements AutoCloseable {
    private static final int ROUNDS = 5;
    private static final int UNDER_WAY = 8;
    private static final int CHUNK = 1024;

    /** Steps after which the queries turn as fast as they should; their speed follows what is recalled ever after. */
    private static final int SPEED_STEPS = 150;

    /** By how much of its error the speed is corrected: little enough for the steps that are under way meanwhile. */
    private static final double CORRECTION = 0.05;

    /** Bound of numbers whose variance is 1. */
    private static final float UNIT = (float) Math.sqrt(3);

    private final ModelCase measured;
    private final LlamaConfig shape;
    private final int steps;
    private final int warmUp;
    private final KvCache cache;
    private final DeviceOperations operations;
    private final QueuedDecoder decoder;
    private final Rows first;
    private final Rows second;
    private final List<Sequence> sequences = new ArrayList<>();
    private long seed;
    private double angle;
    private double speed = 1e-3;
    private long recalled;

    /**
     * Opens a cache for the case and fills it.
     *
     * @param model on a device whose memory the backend's caches share
     * @param steps timed steps of a round
     * @param warmUp untimed steps before
     * @throws io.arkvale.api.CapacityException if device or host lack the memory
     */
    public ModelBench(Llama model, Backend backend, ModelCase measured, int steps, int warmUp, long seed) {
        this.measured = measured;
        this.steps = steps;
        this.warmUp = warmUp;
        this.seed = seed;
        shape = model.config();
        DenseDevice device = model.device().orElseThrow();
        cache = backend.open(measured.cache(shape, device.elementType(), mostSteps(), CHUNK));
        DeviceOperations opened = null;
        try {
            opened = device.operations(cache.queue().handle());
            operations = opened;
            first = random(measured.batch(), shape.queryWidth());
            second = random(measured.batch(), shape.queryWidth());
            fill();
            decoder = new QueuedDecoder(model, cache, measured.batch());
        } catch (Throwable failure) {
            if (opened != null) {
                opened.close();
            }
            cache.close();
            throw failure;
        }
        var positions = new int[measured.batch()];
        Arrays.fill(positions, measured.context());
        var tokens = new int[measured.batch()];
        Arrays.setAll(tokens, row -> row % shape.vocabulary());
        decoder.begin(tokens, positions);
    }

    private int mostSteps() {
        return 2 * (warmUp + ROUNDS * steps) + SPEED_STEPS;
    }

    private Rows random(int rows, int width) {
        var made = operations.allocate(rows, width);
        operations.randomize(made, UNIT, seed++);
        return made;
    }

    /** Every sequence has keys and values of its own, so that none is read from the processor's caches in place of memory. */
    private void fill() {
        int rows = Math.min(CHUNK, measured.context());
        try (var keys = operations.allocate(rows, shape.kvWidth());
                var values = operations.allocate(rows, shape.kvWidth());
                var lastQueries = operations.allocate(1, shape.queryWidth());
                var keyTensor = operations.tensor(cache, keys, shape.kvHeads());
                var valueTensor = operations.tensor(cache, values, shape.kvHeads());
                var queryTensor = operations.tensor(cache, lastQueries, shape.queryHeads())) {
            operations.copy(first.slice(0, 1), lastQueries);
            for (int i = 0; i < measured.batch(); i++) {
                var sequence = cache.begin(measured.settings());
                sequences.add(sequence);
                for (int from = 0; from < measured.context(); from += rows) {
                    operations.randomize(keys, UNIT, seed++);
                    operations.randomize(values, UNIT, seed++);
                    ingest(sequence, Math.min(rows, measured.context() - from), keyTensor, valueTensor, queryTensor);
                }
            }
            cache.synchronize();
        }
    }

    private void ingest(Sequence sequence, int count, Tensor keys, Tensor values, Tensor lastQueries) {
        try (var step = cache.step(Batch.of(sequence, count))) {
            for (int layer = 0; layer < shape.layers(); layer++) {
                step.ingest(layer, new int[] {count}, keys, values);
                step.finishPrefill(layer, lastQueries);
            }
            step.commit();
        }
    }

    /** Times the kinds of step that the case has, and what they do beside attention. */
    public List<ModelResult> run() {
        if (measured.limitedLayers(shape) == 0) {
            return List.of(run(Kind.PRODUCTS), run(Kind.FULL));
        }
        var still = run(Kind.STILL);
        steps(Kind.TURNING, SPEED_STEPS);
        return List.of(still, run(Kind.TURNING));
    }

    private ModelResult run(Kind kind) {
        steps(kind, warmUp);
        recalled = 0;
        var nanos = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            nanos[round] = steps(kind, steps);
        }
        Arrays.sort(nanos);
        var memory = cache.memory();
        return new ModelResult(
                measured,
                kind,
                measured.batch(),
                nanos[ROUNDS / 2],
                perLayer(recalled) / ROUNDS / steps,
                memory.deviceBytes(),
                memory.hostBytes());
    }

    /** Pages per sequence and limited layer. */
    private double perLayer(long pages) {
        int layers = measured.limitedLayers(shape);
        return layers == 0 ? 0 : (double) pages / measured.batch() / layers;
    }

    /** Nanoseconds per step. */
    private double steps(Kind kind, int count) {
        var queries = queries(kind);
        var reports = new ArrayDeque<PendingReport>();
        cache.synchronize();
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            if (kind == Kind.TURNING) {
                angle += speed;
            }
            if (kind == Kind.PRODUCTS) {
                decoder.withoutAttention();
                continue;
            }
            reports.add(decoder.step(sequences, queries));
            while (reports.size() > UNDER_WAY) {
                take(reports.remove(), kind);
            }
        }
        reports.forEach(report -> take(report, kind));
        decoder.await();
        return (double) (System.nanoTime() - start) / Math.max(1, count);
    }

    private QueuedDecoder.@Nullable Queries queries(Kind kind) {
        if (kind == Kind.FULL || kind == Kind.PRODUCTS) {
            return null;
        }
        return (there, layer, queries) ->
                there.mix(first, (float) Math.cos(angle), second, (float) Math.sin(angle), queries);
    }

    /** Counts what a step did. The queries turn faster or slower, until about one page comes back. */
    private void take(PendingReport pending, Kind kind) {
        long pages = 0;
        for (var counts : pending.await().sequences()) {
            pages += counts.recalledPages();
        }
        recalled += pages;
        if (kind == Kind.TURNING) {
            speed *= 1 - CORRECTION * Math.min(perLayer(pages) - 1, 1);
        }
    }

    @Override
    public void close() {
        decoder.close();
        operations.close();
        cache.close();
    }
}
