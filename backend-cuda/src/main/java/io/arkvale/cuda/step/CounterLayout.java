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
 * @param timedLayers layers whose parts are timed: all or none
 */
public record CounterLayout(int batch, int timedLayers) {
    private static final Part[] PARTS = Part.values();

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

    /** {@code [layers][parts][2]}: the complement of the first start and the last end, zero if there was none. */
    public long timesAt() {
        return copiesAt() + Long.BYTES;
    }

    public long flagsAt() {
        return timesAt() + 2L * Long.BYTES * PARTS.length * timedLayers;
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
        for (int i = 0; i < timedLayers * PARTS.length; i++) {
            long at = timesAt() + 2L * Long.BYTES * i;
            long end = bytes.get(ValueLayout.JAVA_LONG, at + Long.BYTES);
            if (end != 0) {
                nanos.merge(PARTS[i % PARTS.length], end - ~bytes.get(ValueLayout.JAVA_LONG, at), Long::sum);
            }
        }
        return nanos;
    }
}
