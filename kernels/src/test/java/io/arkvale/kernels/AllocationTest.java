package io.arkvale.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.arkvale.kernels.coded.CodedScoreKernel;
import io.arkvale.kernels.coded.CodedShape;
import io.arkvale.kernels.page.Panels;
import io.arkvale.kernels.storage.StorageFormat;
import io.arkvale.kernels.weights.WeightMatrix;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * After warm-up no kernel allocates. With vectors this is the sign that the compiler keeps them in registers: a method
 * too large for it makes an object of each, and is then many times slower.
 */
class AllocationTest {
    private static final int CALLS = 50;
    private static final int WARM_UP_ROUNDS = 4_000;
    private static final int PAGE = 32;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Arena arena = Arena.ofAuto();
    private boolean finite = true;

    static java.util.stream.Stream<Arguments> shapes() {
        return java.util.stream.Stream.of(StorageFormat.values())
                .flatMap(format -> java.util.stream.IntStream.of(64, 96, 128, 256)
                        .boxed()
                        .flatMap(headDim -> java.util.stream.IntStream.of(1, 2, 4, 7)
                                .mapToObj(queryHeads -> Arguments.of(format, headDim, queryHeads))));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void attentionAllocatesNothing(StorageFormat format, int headDim, int queryHeads) {
        var page = arena.allocate((long) PAGE * headDim * format.bytes() + Panels.READ_BEYOND);
        var kernel = Kernels.vector().attention(format, queryHeads, headDim, PAGE);
        var state = kernel.newState();
        var other = kernel.newState();
        var out = new float[queryHeads * headDim];
        assertAllocatesNothing(() -> {
            state.begin(out, 0, 1);
            other.begin(out, 0, 1);
            kernel.accumulate(state, page, 0, page, 0, PAGE);
            kernel.accumulate(other, page, 0, page, 0, PAGE - 1);
            state.merge(other);
            state.finish(out, 0);
        });
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void scoringAllocatesNothing(StorageFormat format, int headDim, int queryHeads) {
        int pages = 40;
        var digests = arena.allocate(2L * pages * headDim * format.bytes() + Panels.READ_BEYOND);
        var radii = arena.allocate(pages * (long) Float.BYTES);
        var kernel = Kernels.vector().score(format, queryHeads, headDim, pages);
        var scores = new float[queryHeads * pages];
        var queries = new float[queryHeads * headDim];
        assertAllocatesNothing(() -> {
            kernel.queries(queries, 0);
            kernel.cuboid(digests, 0, pages, scores, 0, pages);
            kernel.sphere(digests, 0, radii, 0, pages, scores, 0, pages);
        });
    }

    @Test
    void scoringOfDigestsInFewBitsAllocatesNothing() {
        int headDim = 64; // before it is compiled a call takes long
        int queryHeads = 4;
        var shape = new CodedShape(headDim, headDim / 2, 2, 8, 3, 2);
        var block = arena.allocate((long) shape.words() * CodedScoreKernel.PAGES * Integer.BYTES);
        var kernel = Kernels.vector().codedScore(shape, queryHeads);
        var scores = new float[queryHeads * CodedScoreKernel.PAGES];
        var queries = new float[queryHeads * headDim];
        assertAllocatesNothing(() -> {
            kernel.queries(queries, 0, queries);
            kernel.score(block, 0, CodedScoreKernel.PAGES, scores, 0, CodedScoreKernel.PAGES);
        });
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void digestsAndConversionAllocateNothing(StorageFormat format, int headDim, int queryHeads) {
        int numbers = PAGE * headDim;
        var page = arena.allocate((long) numbers * format.bytes());
        var kernel = Kernels.vector().digest(format, headDim, PAGE);
        var codec = Kernels.vector().codec(format);
        var vectors = new float[4][Math.max(headDim, PAGE)];
        var plain = new float[numbers];
        assertAllocatesNothing(() -> {
            kernel.load(page, 0, PAGE);
            kernel.bounds(vectors[0], vectors[1]);
            kernel.mean(vectors[2]);
            kernel.deviations(vectors[2], vectors[0], vectors[1], vectors[3]);
            kernel.distances(vectors[2], vectors[0]);
            codec.decode(page, 0, plain, 0, numbers);
            codec.encode(plain, 0, page, 0, numbers);
            finite &= codec.allFinite(page, 0, numbers);
        });
        assertThat(finite).isTrue();
    }

    @ParameterizedTest
    @EnumSource(StorageFormat.class)
    void productsInPlaceAllocateNothing(StorageFormat format) {
        int outputs = 16;
        int inputs = 256;
        var weights = arena.allocate((long) outputs * inputs * format.bytes());
        assertProductsAllocateNothing(DenseKernels.vector().stored(format, weights, outputs, inputs));
    }

    @Test
    void eightBitProductsAllocateNothing() {
        assertProductsAllocateNothing(
                DenseKernels.vector().eightBits(16, 256, arena).matrix());
    }

    private void assertProductsAllocateNothing(WeightMatrix matrix) {
        var x = new float[8 * matrix.inputs()];
        var c = new float[8 * matrix.outputs()];
        var scratch = new float[matrix.scratch()];
        assertAllocatesNothing(() -> {
            matrix.multiplyEach(0, 2, x, 0, matrix.inputs(), c, 0, matrix.outputs(), scratch);
            matrix.multiply(0, 8, x, 0, matrix.inputs(), c, 0, matrix.outputs(), scratch);
        });
    }

    private void assertAllocatesNothing(Runnable call) {
        // Compilation runs in the background: rounds are repeated until one is clean, or until it is plain that none
        // will be.
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < WARM_UP_ROUNDS && allocated > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                call.run();
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(allocated).as("bytes in %d calls", CALLS).isZero();
    }
}
