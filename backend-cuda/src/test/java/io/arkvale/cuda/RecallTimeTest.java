package io.arkvale.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.api.Availability;
import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.CacheStats;
import io.arkvale.api.ElementType;
import io.arkvale.api.KvCache;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The time of recalls, on this machine's GPU: there if pages came back, and only then. */
class RecallTimeTest {
    private static final int PAGE = 16;
    private static final int HEAD = 64;

    /** Pages of the prompt; each has keys of its own direction. */
    private static final int PAGES = 12;

    @BeforeAll
    static void requireGpu() {
        if (new CudaProvider().probe() instanceof Availability.Unavailable unavailable) {
            Assumptions.abort(unavailable.reason());
        }
    }

    /** In 16 bits attention brings the pages itself, in 32 they are gathered before. */
    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            names = {"F32", "F16"})
    void recallsTakeTime(ElementType type) {
        var settings = SequenceSpec.builder(PAGE)
                .budgetPages(4)
                .attendedPages(4)
                .sinkPages(1)
                .windowPages(1)
                .denseLayers(0)
                .build();
        var spec = CacheSpec.builder(1, 1, 1, HEAD)
                .elementType(type)
                .pageSize(PAGE)
                .roomFor(settings, PAGES * PAGE + 8, 1)
                .build();
        try (var backend = new CudaProvider().create(Map.of());
                var cache = backend.open(spec)) {
            var sequence = cache.begin(settings);
            var keys = cache.allocateKeys(PAGES * PAGE);
            write(keys, type, PAGES * PAGE);
            ingest(cache, sequence, keys);
            decode(cache, sequence, 0, type);
            decode(cache, sequence, 0, type);
            var before = cache.stats();
            decode(cache, sequence, 0, type);
            var still = cache.stats();
            assertThat(still.recalls()).isEqualTo(before.recalls());
            assertThat(still.recallNanos()).isEqualTo(before.recallNanos());
            decode(cache, sequence, 5, type);
            CacheStats recalled = cache.stats();
            assertThat(recalled.recalls()).isGreaterThan(still.recalls());
            assertThat(recalled.recallNanos() - still.recallNanos()).isBetween(1L, 1_000_000_000L);
        }
    }

    private static void ingest(KvCache cache, Sequence sequence, Tensor keys) {
        try (var step = cache.step(Batch.of(sequence, PAGES * PAGE));
                var queries = cache.allocateQueries(PAGES * PAGE)) {
            step.ingest(0, new int[] {PAGES * PAGE}, keys, keys);
            step.finishPrefill(0, queries);
            step.commit();
        }
    }

    /** With a query that prefers the keys of a page. */
    private static void decode(KvCache cache, Sequence sequence, int page, ElementType type) {
        try (var step = cache.step(Batch.decode(sequence));
                var queries = cache.allocateQueries(1);
                var keys = cache.allocateKeys(1)) {
            var row = new float[HEAD];
            row[page] = 1;
            row[page + 1] = 0.5f;
            copy(queries, row, type, 1);
            step.decode(0, queries, keys, keys, queries);
            step.commit();
        }
    }

    private static void write(Tensor keys, ElementType type, int rows) {
        var numbers = new float[rows * HEAD];
        for (int row = 0; row < rows; row++) {
            numbers[row * HEAD + row / PAGE] = 1;
        }
        copy(keys, numbers, type, rows);
    }

    private static void copy(Tensor tensor, float[] numbers, ElementType type, int rows) {
        if (type == ElementType.F32) {
            tensor.copyFrom(0, rows, MemorySegment.ofArray(numbers));
            return;
        }
        var halves = new short[numbers.length];
        for (int i = 0; i < halves.length; i++) {
            halves[i] = Float.floatToFloat16(numbers[i]);
        }
        tensor.copyFrom(0, rows, MemorySegment.ofArray(halves));
    }
}
