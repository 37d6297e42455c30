package io.arkvale.experiments.bench;

import io.arkvale.api.Backend;
import io.arkvale.api.Batch;
import io.arkvale.api.KvCache;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.StepReport;
import io.arkvale.api.StepReport.Part;
import io.arkvale.api.Tensor;
import io.arkvale.experiments.bench.BenchResult.Kind;
import io.arkvale.kernels.Kernels;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Times whole decode steps of a few layers with a budget beside full attention on the same keys and values. The kinds of
 * step take turns, so that whatever else the machine does meets all of them alike.
 */
public final class DecodeBench implements AutoCloseable {
    /** Tokens handed over at once while the cache is filled. */
    private static final int CHUNK = 1023;

    /**
     * Different chunks, taken in turn: drawing every token's numbers anew would take longer than measuring. Both numbers
     * are odd, so that pages cut a repeated chunk elsewhere, and no two pages are equal.
     */
    private static final int CHUNKS = 17;

    private final BenchCase measured;
    private final Random random;
    private final KvCache cache;
    private final List<Sequence> unlimited;
    /** With a budget; still and turning queries share them. */
    private final List<Sequence> limited;

    private final Tensor queries;
    private final Tensor keys;
    private final Tensor values;
    private final Tensor output;
    private final byte[] outputBytes;
    private final TurningQueries turning;

    /**
     * Opens a cache and fills it with random keys and values.
     *
     * @param steps most steps that will be taken of each kind
     */
    public DecodeBench(Backend backend, BenchCase measured, int steps, long seed) {
        this.measured = measured;
        random = new Random(seed);
        cache = backend.open(measured.cache(2 * steps));
        try {
            limited = fill(measured.limited());
            unlimited = fill(SequenceSpec.full());
            queries = cache.allocateQueries(measured.batch());
            keys = cache.allocateKeys(measured.batch());
            values = cache.allocateKeys(measured.batch());
            output = cache.allocateQueries(measured.batch());
            outputBytes = new byte[Math.toIntExact(measured.batch() * output.rowBytes())];
            turning = new TurningQueries(measured.batch() * measured.queryHeads() * measured.headDim(), random);
            write(queries, turning.values());
            write(keys, normal(measured.batch() * measured.kvHeads() * measured.headDim()));
            write(values, normal(measured.batch() * measured.kvHeads() * measured.headDim()));
        } catch (Throwable failure) {
            cache.close();
            throw failure;
        }
    }

    private List<Sequence> fill(SequenceSpec spec) {
        var filled = new ArrayList<Sequence>();
        int width = measured.kvHeads() * measured.headDim();
        int chunk = 0;
        try (var lastQuery = cache.allocateQueries(1)) {
            write(lastQuery, normal(measured.queryHeads() * measured.headDim()));
            var chunks = new ArrayList<Tensor>();
            for (int i = 0; i < 2 * Math.min(CHUNKS, Math.ceilDiv(measured.tokens(), CHUNK)); i++) {
                var tensor = cache.allocateKeys(CHUNK);
                write(tensor, normal(CHUNK * width));
                chunks.add(tensor);
            }
            for (int i = 0; i < measured.batch(); i++) {
                var sequence = cache.begin(spec);
                try (var step = cache.step(Batch.of(sequence, measured.tokens()))) {
                    for (int layer = 0; layer < measured.layers(); layer++) {
                        for (int from = 0; from < measured.tokens(); from += CHUNK) {
                            int count = Math.min(CHUNK, measured.tokens() - from);
                            var chunkKeys = chunks.get(chunk++ % chunks.size());
                            var chunkValues = chunks.get(chunk++ % chunks.size());
                            step.ingest(layer, new int[] {count}, chunkKeys, chunkValues);
                        }
                        step.finishPrefill(layer, lastQuery);
                    }
                    step.commit();
                }
                filled.add(sequence);
            }
            chunks.forEach(Tensor::close);
        }
        return filled;
    }

    /** Takes {@code warmUp} untimed steps of each kind, then {@code steps} timed ones. The kinds take turns. */
    public List<BenchResult> run(int warmUp, int steps) {
        for (int i = 0; i < warmUp; i++) {
            for (var kind : Kind.DECODE) {
                prepare(kind);
                step(kind);
            }
        }
        var runs = Kind.DECODE.stream().map(kind -> new Timings(kind, steps)).toList();
        for (int i = 0; i < steps; i++) {
            for (var run : runs) {
                prepare(run.kind);
                long start = System.nanoTime();
                var report = step(run.kind);
                run.add(System.nanoTime() - start, report);
            }
        }
        double full = runs.getFirst().median();
        return runs.stream()
                .map(run -> result(run, measured.tokens(), measured.batch(), full / run.median()))
                .toList();
    }

    private BenchResult result(Timings run, int tokens, int batch, @Nullable Double speedup) {
        int layers = measured.layers();
        return new BenchResult(
                measured,
                run.kind,
                tokens,
                run.median() / layers,
                run.recalls / run.count / batch / layers,
                run.parts(layers),
                speedup);
    }

    /** Times the prefill of a prompt, begun anew {@code runs} times after one that is not timed. */
    public BenchResult prefill(int runs) {
        int tokens = measured.promptTokens();
        var timings = new Timings(Kind.PREFILL, runs);
        int width = measured.kvHeads() * measured.headDim();
        try (var prompt = cache.allocateQueries(tokens);
                var promptKeys = cache.allocateKeys(tokens);
                var promptValues = cache.allocateKeys(tokens);
                var promptOutput = cache.allocateQueries(tokens);
                var last = cache.allocateQueries(1)) {
            write(prompt, normal(tokens * measured.queryHeads() * measured.headDim()));
            write(last, normal(measured.queryHeads() * measured.headDim()));
            write(promptKeys, normal(tokens * width));
            write(promptValues, normal(tokens * width));
            for (int i = -1; i < runs; i++) {
                try (var sequence = cache.begin(measured.limited())) {
                    cache.synchronize();
                    long start = System.nanoTime();
                    try (var step = cache.step(Batch.of(sequence, tokens))) {
                        for (int layer = 0; layer < measured.layers(); layer++) {
                            step.prefill(layer, new int[] {tokens}, prompt, promptKeys, promptValues, promptOutput);
                            step.finishPrefill(layer, last);
                        }
                        var report = step.commit();
                        if (i >= 0) {
                            timings.add(System.nanoTime() - start, report);
                        }
                    }
                }
            }
        }
        return result(timings, tokens, 1, null);
    }

    /** What must not be timed. */
    private void prepare(Kind kind) {
        if (kind == Kind.TURNING) {
            turning.turn();
            write(queries, turning.values());
        }
        cache.synchronize();
    }

    private StepReport step(Kind kind) {
        StepReport report;
        try (var step = cache.step(Batch.decode(kind == Kind.FULL ? unlimited : limited))) {
            for (int layer = 0; layer < measured.layers(); layer++) {
                step.decode(layer, queries, keys, values, output);
            }
            report = step.commit();
        }
        output.copyTo(MemorySegment.ofArray(outputBytes));
        if (kind == Kind.TURNING) {
            turning.adjust(recalls(report) / (double) measured.batch() / measured.layers());
        }
        return report;
    }

    private static long recalls(StepReport report) {
        return report.sequences().stream()
                .mapToLong(StepReport.SequenceCounts::recalledPages)
                .sum();
    }

    private float[] normal(int count) {
        var numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    private void write(Tensor tensor, float[] numbers) {
        var format = StorageFormat.valueOf(tensor.elementType().name());
        var bytes = new byte[Math.multiplyExact(numbers.length, format.bytes())];
        Kernels.vector().codec(format).encode(numbers, 0, MemorySegment.ofArray(bytes), 0, numbers.length);
        tensor.copyFrom(MemorySegment.ofArray(bytes));
    }

    @Override
    public void close() {
        cache.close();
    }

    /** Times and counts of one kind of step. */
    private static final class Timings {
        private final Kind kind;
        private final long[] nanos;
        private final Map<Part, Double> partSums = new EnumMap<>(Part.class);
        private int count;
        private double recalls;

        Timings(Kind kind, int steps) {
            this.kind = kind;
            nanos = new long[steps];
        }

        void add(long time, StepReport report) {
            nanos[count++] = time;
            recalls += recalls(report);
            for (var part : Part.values()) {
                report.nanos(part).ifPresent(value -> partSums.merge(part, (double) value, Double::sum));
            }
        }

        double median() {
            var sorted = nanos.clone();
            Arrays.sort(sorted);
            return sorted[sorted.length / 2];
        }

        Map<Part, Double> parts(int layers) {
            var means = new EnumMap<Part, Double>(Part.class);
            partSums.forEach((part, sum) -> means.put(part, sum / count / layers));
            return means;
        }
    }
}
