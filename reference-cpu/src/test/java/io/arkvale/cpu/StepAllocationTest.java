package io.arkvale.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.arkvale.api.Backends;
import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.KvCache;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A decode step that has been done before leaves next to nothing to collect, however many layers and sequences there are, and
 * though pages come back from their backups.
 */
class StepAllocationTest {
    private static final int PAGE_SIZE = 16;
    private static final int PROMPT = 20 * PAGE_SIZE;

    /** Of all threads together, the report included. */
    private static final long MOST_BYTES = 1_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Random random = new Random(7);

    @ParameterizedTest
    @CsvSource({"2, 1", "32, 8"})
    void aWarmDecodeStepAllocatesUnderOneKilobyte(int layers, int sequences) {
        int steps = Math.max(2_000, 80_000 / (layers * sequences)); // few calls each take more of them to be compiled
        long pages = (PROMPT + steps) / PAGE_SIZE + 1L;
        var spec = CacheSpec.builder(layers, 4, 2, 16)
                .pageSize(PAGE_SIZE)
                .headGroups(2)
                .deviceSlots(40L * layers * sequences * 2)
                .hostSlots(2 * pages * layers * sequences)
                .build();
        try (var backend = Backends.create("cpu", Map.of("threads", "2"));
                var cache = backend.open(spec)) {
            var members = new ArrayList<Sequence>();
            for (int i = 0; i < sequences; i++) {
                members.add(prompt(cache));
            }
            assertAllocatesLittle(cache, Batch.decode(members), steps);
        }
    }

    private Sequence prompt(KvCache cache) {
        var settings = SequenceSpec.builder(PAGE_SIZE)
                .budgetPages(10)
                .attendedPages(8)
                .sinkPages(1)
                .windowPages(1)
                .denseLayers(0)
                .build();
        var sequence = cache.begin(settings);
        var keys = random(cache.allocateKeys(PROMPT));
        var queries = random(cache.allocateQueries(1));
        try (var step = cache.step(Batch.of(sequence, PROMPT))) {
            for (int layer = 0; layer < cache.spec().layers(); layer++) {
                step.ingest(layer, new int[] {PROMPT}, keys, keys);
                step.finishPrefill(layer, queries);
            }
            step.commit();
        }
        keys.close();
        queries.close();
        return sequence;
    }

    private void assertAllocatesLittle(KvCache cache, Batch batch, int steps) {
        var queries = cache.allocateQueries(batch.size());
        var output = cache.allocateQueries(batch.size());
        var keys = cache.allocateKeys(batch.size());
        long least = Long.MAX_VALUE;
        long recalled = 0;
        // Compilation runs in the background: steps go on until one is clean, or until it is plain that none will be.
        for (int i = 0; i < steps && least > MOST_BYTES; i++) {
            random(queries);
            random(keys);
            long before = threads.getTotalThreadAllocatedBytes();
            var step = cache.step(batch);
            for (int layer = 0; layer < cache.spec().layers(); layer++) {
                step.decode(layer, queries, keys, keys, output);
            }
            var report = step.commit();
            step.close();
            long allocated = threads.getTotalThreadAllocatedBytes() - before;
            if (allocated < least && report.recalledBytes() > 0) {
                least = allocated;
                recalled = report.recalledBytes();
            }
        }
        assertThat(recalled).isPositive();
        assertThat(least).as("bytes in the step that allocated least").isLessThanOrEqualTo(MOST_BYTES);
    }

    private Tensor random(Tensor tensor) {
        var numbers = new float[tensor.rows() * tensor.heads() * tensor.width()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        tensor.copyFrom(MemorySegment.ofArray(numbers));
        return tensor;
    }
}
