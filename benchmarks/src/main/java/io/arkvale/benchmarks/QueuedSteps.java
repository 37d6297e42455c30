package io.arkvale.benchmarks;

import io.arkvale.api.Backend;
import io.arkvale.api.Backends;
import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.Digest;
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
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decode steps by the host's clock: each waited for before the next one opens, and queued, with at most some under way. Turn
 * about, in one run. With {@code timing=parts} also the sum of the parts' times on the device.
 *
 * <p>On a backend with device tensors a kernel of the benchmark writes the queries on the device before each layer. Then
 * more kinds of step take turns: queries turn so fast that one page per sequence, layer and head group comes back, when it is
 * chosen, or prefetched one or two layers ahead.
 *
 * <p>Usage: {@code QueuedSteps BACKEND LAYERS BATCH TOKENS BUDGET STEPS [headGroups=GROUPS] [turning=off] [digest=DIGEST]
 * [OPTION=VALUE ...]},
 * with 32 query heads, 8 KV heads of 128 elements in BF16, pages of 32, one head group unless more are asked for. A budget of 0
 * is none. With {@code turning=off} the benchmark launches no kernel of its own: then the parts are all that a step does.
 */
public final class QueuedSteps {
    private static final int PAGE = 32;
    private static final int ROUNDS = 5;
    private static final int UNDER_WAY = 8;

    /** Steps after which the queries turn as fast as they should; their speed follows what is recalled ever after. */
    private static final int SPEED_STEPS = 200;

    /** By how much of its error the speed is corrected: little enough for the steps that are under way meanwhile. */
    private static final double CORRECTION = 0.05;

    private final KvCache cache;
    private final List<Sequence> sequences = new ArrayList<>();
    private final Tensor queries;
    private final Tensor keys;
    private final Tensor values;
    private final Tensor output;
    private final @Nullable TurningQueries turning;
    private final int batch;
    private double angle;
    private double speed = 1e-3;
    private long partNanos;
    private long recalled;

    /** How steps are taken. */
    private enum Kind {
        /** Queries stay as they are: nothing is recalled once they have chosen. */
        STILL,
        /** Pages come back once they are chosen. */
        RECALLING,
        /** Pages come back a layer ahead. */
        PREFETCHING_ONE,
        /** Pages come back two layers ahead. */
        PREFETCHING_TWO;

        int distance() {
            return switch (this) {
                case STILL, RECALLING -> 0;
                case PREFETCHING_ONE -> 1;
                case PREFETCHING_TWO -> 2;
            };
        }
    }

    private QueuedSteps(
            Backend backend,
            int layers,
            int batch,
            int tokens,
            int budget,
            int steps,
            int groups,
            boolean turns,
            Digest digest) {
        var settings = budget == 0
                ? SequenceSpec.full()
                : SequenceSpec.builder(PAGE)
                        .budgetTokens(budget)
                        .denseLayers(0)
                        .digest(digest)
                        .build();
        cache = backend.open(CacheSpec.builder(layers, 32, 8, 128)
                .elementType(ElementType.BF16)
                .pageSize(PAGE)
                .headGroups(groups)
                .roomFor(settings, tokens + ((2 + Kind.values().length) * ROUNDS + 2) * steps + SPEED_STEPS, batch)
                .build());
        var random = new Random(1);
        int rows = Math.max(1024, batch);
        queries = RandomTensors.fill(cache.allocateQueries(rows), random);
        keys = RandomTensors.fill(cache.allocateKeys(rows), random);
        values = RandomTensors.fill(cache.allocateKeys(rows), random);
        output = cache.allocateQueries(rows);
        this.batch = batch;
        turning = turns && backend.capabilities().supports(Feature.DEVICE_TENSORS)
                ? new TurningQueries(cache, batch, random)
                : null;
        for (int i = 0; i < batch; i++) {
            sequences.add(cache.begin(settings));
        }
        fill(tokens, random);
        cache.synchronize();
    }

    /** Every page has keys of its own, so that pages come back one by one and not all that are alike at once. */
    private void fill(int length, Random random) {
        for (int from = 0; from < length; from += 1024) {
            int count = Math.min(1024, length - from);
            RandomTensors.fill(keys, random);
            for (var sequence : sequences) {
                ingest(sequence, count);
            }
        }
    }

    private void ingest(Sequence sequence, int count) {
        try (var step = cache.step(Batch.of(sequence, count))) {
            for (int layer = 0; layer < cache.spec().layers(); layer++) {
                step.ingest(layer, new int[] {count}, keys, values);
                step.finishPrefill(layer, queries);
            }
            step.commit();
        }
    }

    private PendingReport step(Kind kind) {
        int layers = cache.spec().layers();
        if (kind != Kind.STILL) {
            angle += speed;
        }
        var step = cache.step(Batch.decode(sequences));
        for (int layer = 0; layer < layers; layer++) {
            if (turning != null) {
                turning.write(queries.memory(), angle);
            }
            int distance = kind.distance();
            if (distance > 0 && layer + distance < layers) {
                step.prefetch(layer + distance, queries);
            }
            step.decode(layer, queries, keys, values, output);
        }
        return step.commitAsync();
    }

    /** Pages per sequence, layer and head group. */
    private double each(double pages) {
        return pages / batch / cache.spec().layers() / cache.spec().headGroups();
    }

    /** Nanoseconds per step, with so many of them under way. */
    private double run(Kind kind, int steps, int underWay) {
        var reports = new ArrayDeque<PendingReport>();
        cache.synchronize();
        long start = System.nanoTime();
        for (int i = 0; i < steps; i++) {
            reports.add(step(kind));
            while (reports.size() > underWay) {
                take(reports.remove(), kind);
            }
        }
        reports.forEach(report -> take(report, kind));
        return (double) (System.nanoTime() - start) / steps;
    }

    /** Counts what a step did. The queries turn faster or slower, until about one page comes back. */
    private void take(PendingReport pending, Kind kind) {
        var report = pending.await();
        long pages = 0;
        for (var counts : report.sequences()) {
            pages += counts.recalledPages();
        }
        recalled += pages;
        if (kind != Kind.STILL) {
            speed *= 1 - CORRECTION * Math.min(each((double) pages) - 1, 1);
        }
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
        int groups = Integer.parseInt(options.getOrDefault("headGroups", "1"));
        options.remove("headGroups");
        var turning = options.getOrDefault("turning", "on");
        options.remove("turning");
        if (!turning.equals("on") && !turning.equals("off")) {
            throw new IllegalArgumentException("turning is " + turning + "; allowed: on, off");
        }
        var digest = Digest.parse(options.getOrDefault("digest", "cuboid-mean"));
        options.remove("digest");
        try (var backend = Backends.create(arguments[0], Map.copyOf(options))) {
            var bench = new QueuedSteps(
                    backend,
                    numbers[0],
                    numbers[1],
                    numbers[2],
                    numbers[3],
                    steps,
                    groups,
                    turning.equals("on"),
                    digest);
            bench.run(Kind.STILL, steps, 0);
            bench.run(Kind.STILL, steps, UNDER_WAY);
            var waited = new double[ROUNDS];
            var queued = new double[ROUNDS];
            bench.partNanos = 0;
            for (int round = 0; round < ROUNDS; round++) {
                waited[round] = bench.run(Kind.STILL, steps, 0);
                queued[round] = bench.run(Kind.STILL, steps, UNDER_WAY);
            }
            double parts = bench.partNanos / 1e3 / (2.0 * ROUNDS * steps);
            System.out.printf(
                    "%s: a step waited for %.1f us, queued %.1f us (medians of %d rounds of %d steps)%n",
                    String.join(" ", arguments), median(waited), median(queued), ROUNDS, steps);
            if (parts > 0) {
                System.out.printf("parts on the device: %.1f us per step%n", parts);
            }
            if (bench.turning != null && numbers[3] > 0) {
                bench.recalling(steps);
            }
        }
    }

    private void recalling(int steps) {
        run(Kind.RECALLING, SPEED_STEPS, UNDER_WAY);
        var nanos = new EnumMap<Kind, double[]>(Kind.class);
        var pages = new EnumMap<Kind, Double>(Kind.class);
        for (int round = 0; round < ROUNDS; round++) {
            for (var kind : Kind.values()) {
                recalled = 0;
                nanos.computeIfAbsent(kind, _ -> new double[ROUNDS])[round] = run(kind, steps, UNDER_WAY);
                pages.merge(kind, each((double) recalled) / steps / ROUNDS, Double::sum);
            }
        }
        nanos.forEach((kind, all) -> System.out.printf(
                "%s: %.1f us per step, %.2f pages recalled per sequence, layer and head group%n",
                kind.name().toLowerCase(Locale.ROOT), median(all), pages.get(kind)));
    }

    private static double median(double[] nanos) {
        Arrays.sort(nanos);
        return nanos[nanos.length / 2] / 1e3;
    }
}
