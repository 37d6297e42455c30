package io.arkvale.cuda.step;

import io.arkvale.api.StepReport.Part;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.Map;

/**
 * Where the numbers that kernels count in a step lie: pages of each member that were evicted, recalled, and attended to
 * because they are resident; copies, times,
 * flags of members whose values are not finite.
 *
 * @param isTimed whether all parts are timed; the recall always is
 */
public record CounterLayout(int batch, int layers, boolean isTimed) {
    private static final Part[] PARTS = Part.values();

    /** Of a start and an end. */
    private static final long SPAN_BYTES = 2L * Long.BYTES;

    public long evictedAt() {
        return 0;
    }

    public long recalledAt() {
        return (long) Long.BYTES * batch;
    }

    public long attendedAt() {
        return 2L * Long.BYTES * batch;
    }

    public long copiesAt() {
        return 3L * Long.BYTES * batch;
    }

    /** {@code [layers][2]}: when pages came back, the complement of the first start and the last end; zero if none did. */
    public long recallTimesAt() {
        return copiesAt() + Long.BYTES;
    }

    /** {@code [layers][parts][2]}: the same of all parts, if they are timed. */
    public long timesAt() {
        return recallTimesAt() + SPAN_BYTES * layers;
    }

    public long flagsAt() {
        return timesAt() + (isTimed ? SPAN_BYTES * PARTS.length * layers : 0);
    }

    public long bytes() {
        return flagsAt() + (long) Integer.BYTES * batch;
    }

    public Counters read(MemorySegment bytes) {
        var evicted = new long[batch];
        var recalled = new long[batch];
        var attended = new long[batch];
        var notFinite = new boolean[batch];
        for (int i = 0; i < batch; i++) {
            evicted[i] = bytes.get(ValueLayout.JAVA_LONG, evictedAt() + (long) Long.BYTES * i);
            recalled[i] = bytes.get(ValueLayout.JAVA_LONG, recalledAt() + (long) Long.BYTES * i);
            attended[i] = bytes.get(ValueLayout.JAVA_LONG, attendedAt() + (long) Long.BYTES * i);
            notFinite[i] = bytes.get(ValueLayout.JAVA_INT, flagsAt() + (long) Integer.BYTES * i) != 0;
        }
        return new Counters(
                evicted, recalled, attended, bytes.get(ValueLayout.JAVA_LONG, copiesAt()), notFinite, nanos(bytes));
    }

    private Map<Part, Long> nanos(MemorySegment bytes) {
        var nanos = new EnumMap<Part, Long>(Part.class);
        nanos.put(Part.RECALL, 0L);
        for (int layer = 0; layer < layers; layer++) {
            add(nanos, Part.RECALL, bytes, recallTimesAt() + SPAN_BYTES * layer);
        }
        for (int i = 0; isTimed && i < layers * PARTS.length; i++) {
            add(nanos, PARTS[i % PARTS.length], bytes, timesAt() + SPAN_BYTES * i);
        }
        return nanos;
    }

    private static void add(Map<Part, Long> nanos, Part part, MemorySegment bytes, long at) {
        long end = bytes.get(ValueLayout.JAVA_LONG, at + Long.BYTES);
        if (end != 0) {
            nanos.merge(part, end - ~bytes.get(ValueLayout.JAVA_LONG, at), Long::sum);
        }
    }
}
