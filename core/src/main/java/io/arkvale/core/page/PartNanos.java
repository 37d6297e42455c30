package io.arkvale.core.page;

import io.arkvale.api.StepReport.Part;
import java.util.Arrays;
import java.util.OptionalLong;

/** Time of each part of a step. */
final class PartNanos {
    private static final long NOT_TIMED = -1;

    private final long[] nanos;

    /** Nothing timed yet. */
    PartNanos() {
        nanos = new long[Part.values().length];
        clear();
    }

    /** A copy. */
    PartNanos(PartNanos other) {
        nanos = other.nanos.clone();
    }

    void clear() {
        Arrays.fill(nanos, NOT_TIMED);
    }

    void add(Part part, long more) {
        nanos[index(part)] = Math.max(0, nanos[index(part)]) + more;
    }

    OptionalLong of(Part part) {
        long own = nanos[index(part)];
        return own == NOT_TIMED ? OptionalLong.empty() : OptionalLong.of(own);
    }

    @SuppressWarnings("EnumOrdinal") // nothing outlives the step by it, and a map would allocate
    private static int index(Part part) {
        return part.ordinal();
    }
}
