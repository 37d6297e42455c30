package io.arkvale.cuda;

import io.arkvale.api.StepReport;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** The report of a committed step. Parts that overlap count in full: a part lasts from its first block to its last. */
record CudaStepReport(
        List<SequenceCounts> sequences, long recalledBytes, long backedUpBytes, Map<Part, Long> nanosByPart)
        implements StepReport {
    CudaStepReport {
        sequences = List.copyOf(sequences);
        nanosByPart = Map.copyOf(nanosByPart);
    }

    @Override
    public OptionalLong nanos(Part part) {
        var nanos = nanosByPart.get(part);
        return nanos == null ? OptionalLong.empty() : OptionalLong.of(nanos);
    }
}
