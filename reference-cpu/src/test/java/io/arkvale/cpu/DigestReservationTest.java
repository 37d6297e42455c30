package io.arkvale.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.api.Backends;
import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.api.SequenceSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DigestReservationTest {
    @Test
    void digestsOfOneShapeShareWhatIsReserved() {
        // A block of digests takes 128 KB, so that a slab has two: three sequences need a second one.
        var spec = CacheSpec.builder(1, 1, 1, 256)
                .pageSize(2)
                .deviceSlots(20)
                .hostSlots(20)
                .build();
        try (var backend = Backends.create("cpu", Map.of("threads", "1"));
                var cache = backend.open(spec)) {
            var sequences = List.of(
                    cache.begin(settings(Digest.CUBOID_CENTER)),
                    cache.begin(settings(Digest.CUBOID_MAX)),
                    cache.begin(settings(Digest.CUBOID_MAX)));
            var rows = cache.allocateKeys(6);
            var entries = sequences.stream()
                    .map(sequence -> new Batch.Entry(sequence, 2))
                    .toList();
            try (var step = cache.step(new Batch(entries))) {
                step.ingest(0, new int[] {2, 2, 2}, rows, rows);
                step.finishPrefill(0, cache.allocateQueries(3));
                step.commit();
            }
            assertThat(cache.memory().digests()).isEqualTo(3);
        }
    }

    private static SequenceSpec settings(Digest digest) {
        return SequenceSpec.builder(2)
                .budgetPages(4)
                .attendedPages(2)
                .sinkPages(1)
                .windowPages(1)
                .denseLayers(0)
                .digest(digest)
                .build();
    }
}
