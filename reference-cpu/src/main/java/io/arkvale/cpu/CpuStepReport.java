package io.arkvale.cpu;

import io.arkvale.api.StepReport;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** The report of a committed step. */
record CpuStepReport(List<SequenceCounts> sequences, long recalledBytes, long backedUpBytes, Map<Part, Long> nanos)
        implements StepReport {
    CpuStepReport {
        sequences = List.copyOf(sequences);
        nanos = new EnumMap<>(nanos);
    }

    @Override
    public OptionalLong nanos(Part part) {
        var time = nanos.get(part);
        return time == null ? OptionalLong.empty() : OptionalLong.of(time);
    }
}
