package io.arkvale.cuda;

import io.arkvale.api.StepReport;
import java.util.List;
import java.util.OptionalLong;

/** The report of a committed step. Parts are not timed: that would keep them from overlapping. */
record CudaStepReport(List<SequenceCounts> sequences, long recalledBytes, long backedUpBytes) implements StepReport {
    CudaStepReport {
        sequences = List.copyOf(sequences);
    }

    @Override
    public OptionalLong nanos(Part part) {
        return OptionalLong.empty();
    }
}
