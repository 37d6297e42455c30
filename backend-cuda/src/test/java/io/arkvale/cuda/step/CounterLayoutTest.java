package io.arkvale.cuda.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.api.StepReport.Part;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CounterLayoutTest {
    private static void span(MemorySegment counters, long at, long start, long end) {
        counters.set(ValueLayout.JAVA_LONG, at, ~start);
        counters.set(ValueLayout.JAVA_LONG, at + Long.BYTES, end);
    }

    private static MemorySegment zeros(CounterLayout layout) {
        return MemorySegment.ofArray(new long[Math.toIntExact(Math.ceilDiv(layout.bytes(), Long.BYTES))]);
    }

    @Test
    void recallsAreTimedAlwaysAndTakeNoTimeWhereThereAreNone() {
        var layout = new CounterLayout(3, 2, false);
        var counters = zeros(layout);
        assertThat(layout.read(counters).nanos()).isEqualTo(Map.of(Part.RECALL, 0L));
        span(counters, layout.recallTimesAt(), 100, 107);
        span(counters, layout.recallTimesAt() + 2L * Long.BYTES, 200, 230);
        assertThat(layout.read(counters).nanos()).isEqualTo(Map.of(Part.RECALL, 37L));
    }

    @Test
    void otherPartsAreTimedIfTheyAreAsked() {
        var layout = new CounterLayout(1, 2, true);
        var counters = zeros(layout);
        var parts = List.of(Part.values());
        for (int layer = 0; layer < 2; layer++) {
            long at = layout.timesAt() + 2L * Long.BYTES * (layer * parts.size() + parts.indexOf(Part.ATTEND));
            span(counters, at, 1000, 1000 + 5 * (layer + 1));
        }
        assertThat(layout.read(counters).nanos()).isEqualTo(Map.of(Part.RECALL, 0L, Part.ATTEND, 15L));
    }
}
