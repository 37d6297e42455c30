package io.arkvale.benchmarks;

import io.arkvale.core.select.PageRanking;
import io.arkvale.kernels.Kernels;
import io.arkvale.kernels.attention.AttentionKernel;
import io.arkvale.kernels.attention.AttentionState;
import io.arkvale.kernels.digest.DigestKernel;
import io.arkvale.kernels.digest.ScoreKernel;
import io.arkvale.kernels.page.PageRows;
import io.arkvale.kernels.page.Panels;
import io.arkvale.kernels.storage.FormatCodec;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Every kernel of a decode step on one KV head's page of 32 tokens, in the first-level cache: what the arithmetic costs
 * where memory does not. One thread.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class KernelSpeed {
    private static final int PAGE = 32;
    /** Pages of a block of digests, and candidates of a ranking. */
    private static final int PAGES = 64;

    private static final int CHOSEN = 16;

    @Param({"vector", "scalar"})
    public String kernels = "";

    @Param({"F32", "BF16", "F16"})
    public StorageFormat format = StorageFormat.F32;

    @Param({"64", "96", "128", "256"})
    public int headDim;

    /** Query heads that share the KV head. */
    @Param({"1", "2", "4", "8"})
    public int queryHeads;

    private AttentionKernel attention;
    private AttentionState state;
    private DigestKernel digest;
    private ScoreKernel score;
    private FormatCodec codec;
    private PageRows rows;
    private final PageRanking ranking = new PageRanking(PAGES);
    private final int[] best = new int[CHOSEN];
    private MemorySegment page;
    private MemorySegment digests;
    private MemorySegment tokens;
    private long headBytes;
    private float[] queries;
    private float[] output;
    private float[] scores;
    private float[] low;
    private float[] high;
    private float[] numbers;

    @Setup(Level.Trial)
    public void prepare() {
        var chosen = kernels.equals("scalar") ? Kernels.scalar() : Kernels.vector();
        attention = chosen.attention(format, queryHeads, headDim, PAGE);
        state = attention.newState();
        digest = chosen.digest(format, headDim, PAGE);
        score = chosen.score(format, queryHeads, headDim, PAGES);
        codec = chosen.codec(format);
        rows = new PageRows(format, headDim, PAGE);
        var random = new Random(1);
        numbers = new float[PAGE * headDim];
        fill(random, numbers);
        headBytes = (long) numbers.length * format.bytes();
        tokens = Arena.ofAuto().allocate(headBytes);
        codec.encode(numbers, 0, tokens, 0, numbers.length);
        page = Arena.ofAuto().allocate(2 * headBytes + Panels.READ_BEYOND);
        storeKeys();
        rows.putValues(tokens, 0, headBytes / PAGE, PAGE, page, headBytes, 0);
        digests = Arena.ofAuto().allocate(2L * PAGES * headDim * format.bytes() + Panels.READ_BEYOND);
        queries = new float[queryHeads * headDim];
        fill(random, queries);
        output = new float[queries.length];
        scores = new float[queryHeads * PAGES];
        fill(random, scores);
        low = new float[headDim];
        high = new float[headDim];
    }

    private static void fill(Random random, float[] target) {
        for (int i = 0; i < target.length; i++) {
            target[i] = (float) random.nextGaussian();
        }
    }

    @Benchmark
    public float[] attention() {
        state.begin(queries, 0, 0.1);
        attention.accumulate(state, page, 0, page, headBytes, PAGE);
        state.finish(output, 0);
        return output;
    }

    /** Cuboids of {@value #PAGES} pages. */
    @Benchmark
    public float[] score() {
        score.queries(queries, 0);
        score.cuboid(digests, 0, PAGES, scores, 0, PAGES);
        return scores;
    }

    /** The {@value #CHOSEN} best of {@value #PAGES} pages. */
    @Benchmark
    public int[] select() {
        ranking.clear();
        for (int i = 0; i < PAGES; i++) {
            ranking.add(i, scores[i]);
        }
        ranking.best(CHOSEN, best);
        return best;
    }

    @Benchmark
    public float[] digest() {
        digest.load(tokens, 0, PAGE);
        digest.bounds(low, high);
        return high;
    }

    /** A page's keys from rows to the order in which attention reads them. */
    @Benchmark
    public MemorySegment storeKeys() {
        rows.putKeys(tokens, 0, headBytes / PAGE, PAGE, page, 0, 0);
        return page;
    }

    /** A recall or backup of the page: a plain copy. */
    @Benchmark
    public MemorySegment copy() {
        MemorySegment.copy(tokens, 0, page, headBytes, headBytes);
        return page;
    }

    @Benchmark
    public float[] decode() {
        codec.decode(tokens, 0, numbers, 0, numbers.length);
        return numbers;
    }
}
