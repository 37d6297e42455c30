package io.arkvale.benchmarks;

import io.arkvale.api.Backend;
import io.arkvale.api.Backends;
import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.KvCache;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Step;
import io.arkvale.api.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Sequences that decode within a budget and one that takes a chunk of its prompt: in one step, and in two steps that each
 * serve one kind. Four layers of the CPU backend in F32. No step is committed, so that the next one finds all as it was.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class MixedSteps {
    private static final int PAGE = 32;
    private static final int LAYERS = 4;

    @Param("16384")
    public int tokens;

    @Param("2048")
    public int budget;

    @Param("4")
    public int decoding;

    /** Tokens of the prompt's chunk. */
    @Param({"1", "64", "256"})
    public int chunk;

    @Param("2")
    public int threads;

    private final Random random = new Random(1);
    private final List<Sequence> sequences = new ArrayList<>();
    private Backend backend;
    private KvCache cache;
    private Sequence reading;
    private Tensor queries;
    private Tensor keys;
    private Tensor values;
    private Tensor output;

    @Setup(Level.Trial)
    public void fill() {
        backend = Backends.create("cpu", Map.of("threads", Integer.toString(threads)));
        var settings =
                SequenceSpec.builder(PAGE).budgetTokens(budget).denseLayers(0).build();
        cache = backend.open(CacheSpec.builder(LAYERS, 32, 8, 128)
                .pageSize(PAGE)
                .roomForOpenPrompts(settings, tokens + chunk + PAGE, decoding + 1)
                .build());
        int rows = Math.max(1024, decoding + chunk);
        queries = random(cache.allocateQueries(rows));
        keys = random(cache.allocateKeys(rows));
        values = random(cache.allocateKeys(rows));
        output = cache.allocateQueries(rows);
        for (int i = 0; i < decoding; i++) {
            sequences.add(filled(settings, tokens));
        }
        // What it has read before went out by its budget: the chunk reads it where it is backed up.
        reading = filled(settings, tokens / 2);
        cache.synchronize();
    }

    private Sequence filled(SequenceSpec settings, int length) {
        var sequence = cache.begin(settings);
        for (int from = 0; from < length; from += 1024) {
            try (var step = cache.step(Batch.builder()
                    .add(sequence, Math.min(1024, length - from), Batch.Role.LAST_INGEST)
                    .build())) {
                layers(step);
                step.commit();
            }
        }
        return sequence;
    }

    private Tensor random(Tensor tensor) {
        return RandomTensors.fill(tensor, random);
    }

    private void layers(Step step) {
        for (int layer = 0; layer < LAYERS; layer++) {
            step.forward(layer, queries, keys, values, output);
        }
    }

    /** All in one step. */
    @Benchmark
    public Tensor mixed() {
        var batch = Batch.builder();
        sequences.forEach(batch::decode);
        run(batch.prompt(reading, chunk));
        return output;
    }

    /** A step for those that decode, and one for the prompt. */
    @Benchmark
    public Tensor apart() {
        var batch = Batch.builder();
        sequences.forEach(batch::decode);
        run(batch);
        run(Batch.builder().prompt(reading, chunk));
        return output;
    }

    private void run(Batch.Builder batch) {
        try (var step = cache.step(batch.build())) {
            layers(step);
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        backend.close();
    }
}
