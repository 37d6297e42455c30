package io.arkvale.core.step;

import io.arkvale.api.StepReport;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The report of a committed step, as its backend counted.
 *
 * @param nanosByPart time of each part, without those that were not timed
 */
public record CountedReport(
        List<SequenceCounts> sequences, long recalledBytes, long backedUpBytes, Map<Part, Long> nanosByPart)
        implements StepReport {
    /** Copies what it is given. */
    public CountedReport {
        sequences = List.copyOf(sequences);
        nanosByPart = Map.copyOf(nanosByPart);
    }

    @Override
    public OptionalLong nanos(Part part) {
        var nanos = nanosByPart.get(part);
        return nanos == null ? OptionalLong.empty() : OptionalLong.of(nanos);
    }
}
