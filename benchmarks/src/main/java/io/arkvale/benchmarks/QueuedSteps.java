package io.arkvale.benchmarks;

import io.arkvale.api.Backend;
import io.arkvale.api.Backends;
import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.ElementType;
import io.arkvale.api.KvCache;
import io.arkvale.api.PendingReport;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.StepReport.Part;
import io.arkvale.api.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Decode steps by the host's clock: each waited for before the next one opens, and queued, with at most some under way. Turn
 * about, in one run. With {@code timing=parts} also the sum of the parts' times on the device.
 *
 * <p>Usage: {@code QueuedSteps BACKEND LAYERS BATCH TOKENS BUDGET STEPS [OPTION=VALUE ...]}, with 32 query heads, 8 KV heads
 * of 128 elements in BF16, pages of 32. A budget of 0 is none.
 */
public final class QueuedSteps {
    private static final int PAGE = 32;
    private static final int ROUNDS = 5;
    private static final int UNDER_WAY = 8;

    private final KvCache cache;
    private final List<Sequence> sequences = new ArrayList<>();
    private final Tensor queries;
    private final Tensor keys;
    private final Tensor values;
    private final Tensor output;
    private long partNanos;

    private QueuedSteps(Backend backend, int layers, int batch, int tokens, int budget, int steps) {
        var settings = budget == 0
                ? SequenceSpec.full()
                : SequenceSpec.builder(PAGE).budgetTokens(budget).denseLayers(0).build();
        cache = backend.open(CacheSpec.builder(layers, 32, 8, 128)
                .elementType(ElementType.BF16)
                .pageSize(PAGE)
                .roomFor(settings, tokens + 2 * (ROUNDS + 1) * steps, batch)
                .build());
        var random = new Random(1);
        int rows = Math.max(1024, batch);
        queries = RandomTensors.fill(cache.allocateQueries(rows), random);
        keys = RandomTensors.fill(cache.allocateKeys(rows), random);
        values = RandomTensors.fill(cache.allocateKeys(rows), random);
        output = cache.allocateQueries(rows);
        for (int i = 0; i < batch; i++) {
            sequences.add(filled(settings, tokens));
        }
        cache.synchronize();
    }

    private Sequence filled(SequenceSpec settings, int length) {
        var sequence = cache.begin(settings);
        for (int from = 0; from < length; from += 1024) {
            int count = Math.min(1024, length - from);
            try (var step = cache.step(Batch.of(sequence, count))) {
                for (int layer = 0; layer < cache.spec().layers(); layer++) {
                    step.ingest(layer, new int[] {count}, keys, values);
                    step.finishPrefill(layer, queries);
                }
                step.commit();
            }
        }
        return sequence;
    }

    private PendingReport step() {
        var step = cache.step(Batch.decode(sequences));
        for (int layer = 0; layer < cache.spec().layers(); layer++) {
            step.decode(layer, queries, keys, values, output);
        }
        return step.commitAsync();
    }

    /** Nanoseconds per step, with so many of them under way. */
    private double run(int steps, int underWay) {
        var reports = new ArrayDeque<PendingReport>();
        cache.synchronize();
        long start = System.nanoTime();
        for (int i = 0; i < steps; i++) {
            reports.add(step());
            while (reports.size() > underWay || (underWay == 0 && !reports.isEmpty())) {
                take(reports.remove());
            }
        }
        reports.forEach(this::take);
        return (double) (System.nanoTime() - start) / steps;
    }

    private void take(PendingReport pending) {
        var report = pending.await();
        for (var part : Part.values()) {
            partNanos += report.nanos(part).orElse(0);
        }
    }

    public static void main(String[] arguments) {
        var numbers = Arrays.stream(arguments, 1, 6).mapToInt(Integer::parseInt).toArray();
        int steps = numbers[4];
        var options = new TreeMap<String, String>();
        for (int i = 6; i < arguments.length; i++) {
            var option = arguments[i].split("=", 2);
            options.put(option[0], option[1]);
        }
        try (var backend = Backends.create(arguments[0], Map.copyOf(options))) {
            var bench = new QueuedSteps(backend, numbers[0], numbers[1], numbers[2], numbers[3], steps);
            bench.run(steps, 0);
            bench.run(steps, UNDER_WAY);
            var waited = new double[ROUNDS];
            var queued = new double[ROUNDS];
            bench.partNanos = 0;
            for (int round = 0; round < ROUNDS; round++) {
                waited[round] = bench.run(steps, 0);
                queued[round] = bench.run(steps, UNDER_WAY);
            }
            Arrays.sort(waited);
            Arrays.sort(queued);
            System.out.printf(
                    "%s: a step waited for %.1f us, queued %.1f us (medians of %d rounds of %d steps)%n",
                    String.join(" ", arguments), waited[ROUNDS / 2] / 1e3, queued[ROUNDS / 2] / 1e3, ROUNDS, steps);
            if (bench.partNanos > 0) {
                System.out.printf(
                        "parts on the device: %.1f us per step%n", bench.partNanos / 1e3 / (2.0 * ROUNDS * steps));
            }
        }
    }
}
