package io.arkvale.benchmarks;

import io.arkvale.kernels.pool.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
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
 * Time to read {@code mebibytes} of memory once and add them up: the floor under anything that must touch each cached key
 * and value. 256 MiB are the float32 keys and values of 32,768 tokens with 8 heads of 128.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class MemoryBandwidth {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    /** Bytes that one worker takes at a time; a multiple of four vectors of any width. */
    private static final int CHUNK = 1 << 20;

    @Param("256")
    public int mebibytes;

    @Param({"1", "2"})
    public int threads;

    private MemorySegment memory;
    private WorkerPool pool;
    private float[] sums;

    @Setup(Level.Trial)
    public void prepare() {
        memory = Arena.ofAuto().allocate(Math.multiplyExact((long) mebibytes, CHUNK), Long.BYTES * 8L);
        // Written once, so that every page is backed by memory of its own and not by the kernel's page of zeros.
        for (long i = 0; i < memory.byteSize(); i += Float.BYTES) {
            memory.set(ValueLayout.JAVA_FLOAT, i, 1);
        }
        pool = new WorkerPool(threads, "bandwidth");
        sums = new float[mebibytes];
    }

    @TearDown(Level.Trial)
    public void endThreads() {
        pool.close();
    }

    @Benchmark
    public float[] readSum() {
        pool.forEach(mebibytes, (item, _) -> sums[item] = sum(memory, (long) item * CHUNK));
        return sums;
    }

    /** Adds up a chunk as four runs side by side, which reads faster than one run. */
    private static float sum(MemorySegment memory, long start) {
        int run = CHUNK / 4;
        var sum0 = FloatVector.zero(SPECIES);
        var sum1 = FloatVector.zero(SPECIES);
        var sum2 = FloatVector.zero(SPECIES);
        var sum3 = FloatVector.zero(SPECIES);
        for (long at = start; at < start + run; at += SPECIES.vectorByteSize()) {
            sum0 = sum0.add(FloatVector.fromMemorySegment(SPECIES, memory, at, ORDER));
            sum1 = sum1.add(FloatVector.fromMemorySegment(SPECIES, memory, at + run, ORDER));
            sum2 = sum2.add(FloatVector.fromMemorySegment(SPECIES, memory, at + 2L * run, ORDER));
            sum3 = sum3.add(FloatVector.fromMemorySegment(SPECIES, memory, at + 3L * run, ORDER));
        }
        return sum0.add(sum1).add(sum2.add(sum3)).reduceLanes(VectorOperators.ADD);
    }
}
