package org.example.kvcache;

import io.arkvale.api.StepReport;
import io.arkvale.api.StepReport.SequenceCounts;
import io.arkvale.api.support.CountedReport;
import java.util.ArrayList;
import java.util.Map;

/** Counts what a step does. */
class StepCounter {
    private final ExampleCache cache;
    private final long[] recalled;
    private final long[] evicted;
    private final long[] attended;
    private final long[] scored;
    private final long loadsBefore;
    private final long storesBefore;

    StepCounter(ExampleCache cache, int members) {
        this.cache = cache;
        recalled = new long[members];
        evicted = new long[members];
        attended = new long[members];
        scored = new long[members];
        loadsBefore = cache.pools.loads;
        storesBefore = cache.pools.stores;
    }

    void recalled(int member, long pages) {
        recalled[member] += pages;
    }

    void evicted(int member, long pages) {
        evicted[member] += pages;
    }

    void attended(int member, long pages) {
        attended[member] += pages;
    }

    void scored(int member, long pages) {
        scored[member] += pages;
    }

    StepReport report() {
        var counts = new ArrayList<SequenceCounts>();
        for (var i = 0; i < recalled.length; i++) {
            counts.add(new SequenceCounts(recalled[i], evicted[i], attended[i], scored[i]));
        }
        var slotBytes = cache.slotBytes();
        return new CountedReport(
                counts,
                (cache.pools.loads - loadsBefore) * slotBytes,
                (cache.pools.stores - storesBefore) * slotBytes,
                Map.of());
    }
}
