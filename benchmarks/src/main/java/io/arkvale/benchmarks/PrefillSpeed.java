package io.arkvale.benchmarks;

import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.causal.CausalAttention;
import io.arkvale.kernels.causal.PackedKeyValues;
import io.arkvale.kernels.weights.PackedMatrix;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * The kernels of a prefill on one thread: a work item of blocked causal attention late in a prompt, and a block of tokens
 * times a matrix of weights. Beside calls per second, {@code megaflops} counts multiplications and additions per second.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class PrefillSpeed {
    /** Tokens before the item's first. */
    private static final int BEFORE = 8192;

    /** Tokens of a block of the forward pass. */
    private static final int ROWS = 96;

    private static final double MILLION = 1e6;

    @Param({"vector", "scalar"})
    public String kernels = "";

    @Param({"64", "96", "128", "256"})
    public int headDim;

    /** Query heads that share the KV head. */
    @Param({"1", "2", "4", "8"})
    public int queryHeads;

    private CausalAttention attention;
    private CausalAttention.State state;
    private PackedKeyValues cache;
    private float[] queries;
    private float[] output;
    private PackedMatrix weights;
    private float[] input;
    private float[] product;
    private double attentionFlops;
    private double productFlops;

    /** Work done, which JMH turns into a rate. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Work {
        /** Multiplications and additions, in millions. */
        public double megaflops;
    }

    @Setup(Level.Trial)
    public void prepare() {
        var chosen = kernels.equals("scalar") ? DenseKernels.scalar() : DenseKernels.vector();
        var random = new Random(1);
        attention = chosen.causalAttention(queryHeads, headDim);
        int positions = attention.itemPositions();
        state = attention.newState(positions);
        cache = chosen.keyValues(headDim);
        cache.reserve(BEFORE + positions);
        for (int token = 0; token < BEFORE + positions; token++) {
            cache.put(token, numbers(random, headDim), 0, numbers(random, headDim), 0);
        }
        queries = numbers(random, positions * queryHeads * headDim);
        output = new float[queries.length];
        // A query and a key, a weight and a value: two operations each, for each element.
        attentionFlops = 4.0 * positions * queryHeads * headDim * (BEFORE + (positions + 1) / 2.0);
        int width = 4 * headDim;
        weights = chosen.matrix(3 * width, width);
        for (int row = 0; row < weights.outputs(); row++) {
            weights.setRow(row, numbers(random, width), 0);
        }
        input = numbers(random, ROWS * width);
        product = new float[ROWS * weights.outputs()];
        productFlops = 2.0 * ROWS * width * weights.outputs();
    }

    private static float[] numbers(Random random, int count) {
        var numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    /** Positions from {@value #BEFORE} on to everything before them. */
    @Benchmark
    public float[] attention(Work work) {
        int width = queryHeads * headDim;
        attention.attend(cache, BEFORE, attention.itemPositions(), queries, 0, width, output, 0, width, state);
        work.megaflops += attentionFlops / MILLION;
        return output;
    }

    /** {@value #ROWS} tokens of four heads' width times a matrix three times as high. */
    @Benchmark
    public float[] product(Work work) {
        weights.multiply(ROWS, input, 0, weights.inputs(), product, 0, weights.outputs());
        work.megaflops += productFlops / MILLION;
        return product;
    }
}
