package io.arkvale.core.page;

import io.arkvale.api.StepReport;
import java.util.AbstractList;
import java.util.List;
import java.util.OptionalLong;

/** The report of a committed step: plain numbers, which become objects for whoever asks. */
final class PagedReport implements StepReport {
    private static final int COUNTS = 4;

    private final long[] counts;
    private final long recalledBytes;
    private final long backedUpBytes;
    private final PartNanos nanos;

    /**
     * Takes the members' counts as they are now.
     *
     * @param nanos copied
     */
    PagedReport(List<PagedMember> members, long recalledBytes, long backedUpBytes, PartNanos nanos) {
        counts = new long[COUNTS * members.size()];
        for (int i = 0; i < members.size(); i++) {
            var member = members.get(i);
            counts[COUNTS * i] = member.recalledPages;
            counts[COUNTS * i + 1] = member.evictedPages;
            counts[COUNTS * i + 2] = member.attendedPages;
            counts[COUNTS * i + 3] = member.scoredPages;
        }
        this.recalledBytes = recalledBytes;
        this.backedUpBytes = backedUpBytes;
        this.nanos = new PartNanos(nanos);
    }

    @Override
    public List<SequenceCounts> sequences() {
        return new AbstractList<>() {
            @Override
            public SequenceCounts get(int index) {
                int at = COUNTS * index;
                return new SequenceCounts(counts[at], counts[at + 1], counts[at + 2], counts[at + 3]);
            }

            @Override
            public int size() {
                return counts.length / COUNTS;
            }
        };
    }

    @Override
    public SequenceCounts total() {
        return new SequenceCounts(sum(0), sum(1), sum(2), sum(3));
    }

    private long sum(int count) {
        long sum = 0;
        for (int i = count; i < counts.length; i += COUNTS) {
            sum += counts[i];
        }
        return sum;
    }

    @Override
    public long recalledBytes() {
        return recalledBytes;
    }

    @Override
    public long backedUpBytes() {
        return backedUpBytes;
    }

    @Override
    public OptionalLong nanos(Part part) {
        return nanos.of(part);
    }
}
