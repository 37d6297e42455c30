package io.arkvale.api;

import java.util.List;
import java.util.OptionalLong;

/** What a committed step did. Read lazily: a backend may fetch the numbers from its device when first asked. */
public interface StepReport {
    /**
     * What one sequence did in the step, over all limited layers and head groups, counted as if it ran alone.
     *
     * @param recalledPages group pages copied back
     * @param evictedPages group pages that gave up their slots
     * @param attendedPages group pages attended to in decode, the last page included; 0 in prefill
     * @param scoredPages group pages scored
     */
    record SequenceCounts(long recalledPages, long evictedPages, long attendedPages, long scoredPages) {
        /** Nothing done. */
        public static final SequenceCounts NONE = new SequenceCounts(0, 0, 0, 0);

        /** The sum of two. */
        public SequenceCounts plus(SequenceCounts other) {
            return new SequenceCounts(
                    recalledPages + other.recalledPages,
                    evictedPages + other.evictedPages,
                    attendedPages + other.attendedPages,
                    scoredPages + other.scoredPages);
        }
    }

    /** Parts of a step whose time may be known. */
    enum Part {
        APPEND,
        ESTIMATE,
        SELECT,
        RECALL,
        ATTEND,
        PREFILL
    }

    /** One entry per sequence, in batch order. */
    List<SequenceCounts> sequences();

    /** The sum over all sequences. */
    default SequenceCounts total() {
        return sequences().stream().reduce(SequenceCounts.NONE, SequenceCounts::plus);
    }

    /** Bytes copied from backup tiers to the device; pages that forks share count once. */
    long recalledBytes();

    /** Bytes copied from the device to backup tiers, or to be copied by copies still in flight. */
    long backedUpBytes();

    /** Nanoseconds spent in a part over all layers, if the backend measured it apart. */
    OptionalLong nanos(Part part);
}
