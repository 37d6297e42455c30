package io.arkvale.benchmarks;

import io.arkvale.api.Backend;
import io.arkvale.api.Backends;
import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.ElementType;
import io.arkvale.api.KvCache;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Tensor;
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
 * A whole decode step of one layer of the CPU backend: with everything attended (budget 0), or with a budget, when its
 * query stays the same and so nothing is recalled. {@code peers/attention_cpu.py} and {@code peers/attention_cpu.c}
 * measure the attention alone.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class DecodeAttention {
    private static final int PAGE = 32;
    private static final int CHUNK = 1024;

    @Param({"F32", "BF16", "F16"})
    public ElementType elementType = ElementType.F32;

    @Param("32768")
    public int tokens;

    /** Tokens of the budget; 0 for none. */
    @Param({"0", "2048"})
    public int budget;

    @Param("32")
    public int queryHeads;

    @Param("8")
    public int kvHeads;

    @Param("128")
    public int headDim;

    @Param("2")
    public int threads;

    private final Random random = new Random(1);
    private Backend backend;
    private KvCache cache;
    private Sequence sequence;
    private Tensor queries;
    private Tensor keys;
    private Tensor values;
    private Tensor output;

    @Setup(Level.Trial)
    public void fill() {
        backend = Backends.create("cpu", Map.of("threads", Integer.toString(threads)));
        var settings = budget == 0
                ? SequenceSpec.full()
                : SequenceSpec.builder(PAGE).budgetTokens(budget).denseLayers(0).build();
        cache = backend.open(CacheSpec.builder(1, queryHeads, kvHeads, headDim)
                .elementType(elementType)
                .pageSize(PAGE)
                .roomFor(settings, tokens + 1, 1)
                .build());
        queries = random(cache.allocateQueries(1));
        keys = random(cache.allocateKeys(1));
        values = random(cache.allocateKeys(1));
        output = cache.allocateQueries(1);
        sequence = cache.begin(settings);
        try (var step = cache.step(Batch.of(sequence, tokens));
                var chunkKeys = random(cache.allocateKeys(CHUNK));
                var chunkValues = random(cache.allocateKeys(CHUNK))) {
            for (int from = 0; from < tokens; from += CHUNK) {
                step.ingest(0, new int[] {Math.min(CHUNK, tokens - from)}, chunkKeys, chunkValues);
            }
            step.finishPrefill(0, queries);
            step.commit();
        }
        cache.synchronize();
    }

    private Tensor random(Tensor tensor) {
        return RandomTensors.fill(tensor, random);
    }

    /** Not committed, so that the next step finds the sequence as long as this one did. */
    @Benchmark
    public Tensor step() {
        try (var step = cache.step(Batch.decode(sequence))) {
            step.decode(0, queries, keys, values, output);
        }
        return output;
    }

    @TearDown(Level.Trial)
    public void close() {
        backend.close();
    }
}
