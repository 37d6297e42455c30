package io.arkvale.tornado;

import io.arkvale.api.StepReport;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** The report of a committed step. */
record TornadoStepReport(List<SequenceCounts> sequences, long recalledBytes, long backedUpBytes, Map<Part, Long> nanos)
        implements StepReport {
    TornadoStepReport {
        sequences = List.copyOf(sequences);
        nanos = new EnumMap<>(nanos);
    }

    @Override
    public OptionalLong nanos(Part part) {
        var time = nanos.get(part);
        return time == null ? OptionalLong.empty() : OptionalLong.of(time);
    }
}
