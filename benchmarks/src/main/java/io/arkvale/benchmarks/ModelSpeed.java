package io.arkvale.benchmarks;

import io.arkvale.api.Backend;
import io.arkvale.api.Backends;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.KvCache;
import io.arkvale.api.SequenceSpec;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.llama.Decoder;
import io.arkvale.llama.Llama;
import io.arkvale.llama.attention.CacheAttention;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
 * The shipped model: the dense prefill that every command starts with, a prefill through a cache of the CPU backend, and
 * {@value #DECODED} decoded tokens after it, with the full cache (budget 0) or a budget. {@code peers/model_cpu.py} measures the same with HuggingFace transformers.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class ModelSpeed {
    private static final int DECODED = 40;
    private static final int PAGE = 32;

    @Param({"10000", "30000"})
    public int tokens;

    /** Tokens of the budget; 0 for none. */
    @Param({"0", "1024"})
    public int budget;

    @Param("2")
    public int threads;

    /** Directory of the model. */
    @Param("models/needle-5m")
    public String model = "";

    private WorkerPool pool;
    private Backend backend;
    private Llama llama;
    private @Nullable Run run;
    private Decoder decoder;
    private int[] prompt;
    private int length;

    @Setup(Level.Trial)
    public void load() {
        pool = WorkerPool.shared(threads);
        backend = Backends.create("cpu", Map.of("threads", Integer.toString(threads)));
        llama = Llama.load(Path.of(model), DenseKernels.vector(), pool);
        decoder = llama.decoder(1);
        prompt = new Random(1).ints(tokens, 32, 120).toArray();
        prefillOnce();
    }

    /** One sequence in a cache of its own. */
    private record Run(KvCache cache, CacheAttention attention) {
        void close() {
            attention.close();
            cache.close();
        }
    }

    private Run open() {
        var config = llama.config();
        var sequence = budget == 0
                ? SequenceSpec.full()
                : SequenceSpec.builder(PAGE).budgetTokens(budget).build();
        var cache =
                backend.open(CacheSpec.builder(config.layers(), config.queryHeads(), config.kvHeads(), config.headDim())
                        .pageSize(PAGE)
                        .roomFor(sequence, config.maxPositions(), 1)
                        .build());
        return new Run(cache, new CacheAttention(cache, List.of(cache.begin(sequence)), 0));
    }

    private void prefillOnce() {
        if (run != null) {
            run.close();
        }
        run = open();
        llama.prefill().run(prompt, 0, run.attention());
        length = tokens;
    }

    @Benchmark
    @Warmup(iterations = 2)
    @Measurement(iterations = 5)
    public float densePrefill() {
        return llama.prefill().run(prompt, 0, llama.dense(llama.newStore()))[0];
    }

    @Benchmark
    @Warmup(iterations = 2)
    @Measurement(iterations = 5)
    public void prefill() {
        prefillOnce();
    }

    /** Divide by {@value #DECODED} for the time of a token. */
    @Benchmark
    @Warmup(iterations = 15)
    @Measurement(iterations = 21)
    public float decode() {
        var attention = Objects.requireNonNull(run, "the setup prefills").attention();
        float last = 0;
        for (int i = 0; i < DECODED; i++) {
            last = decoder.run('A', length++, attention)[0];
        }
        return last;
    }

    @TearDown(Level.Trial)
    public void close() {
        backend.close();
        pool.close();
    }
}
