package io.arkvale.cuda.step;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.CapacityException;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.support.SlotPool;
import io.arkvale.cuda.CudaSequence;
import java.util.Collection;
import java.util.List;

/**
 * The slots that a step may come to need. All follow from lengths, so that the device need not be asked: a sequence
 * holds at most what it would alone, and in a limited layer over budget exactly its budget between steps.
 */
public final class Reservation {
    private final CacheSpec spec;

    public Reservation(CacheSpec spec) {
        this.spec = spec;
    }

    /**
     * Device slots that the members may take beyond those they have.
     *
     * @throws CapacityException if device or host slots are short
     */
    public long reserve(Collection<CudaSequence> sequences, List<Member> members, SlotPool backups, UsedSlots used) {
        long newBackups = 0;
        long need = 0;
        long held = 0;
        for (var member : members) {
            newBackups = Math.addExact(newBackups, member.newBackups());
            need = Math.addExact(need, need(member));
            held += held(member.sequence.spec, member.pagesBefore());
        }
        if (newBackups > backups.available()) {
            throw new CapacityException("host slots", newBackups, backups.available());
        }
        long all = need - held;
        for (var sequence : sequences) {
            all = Math.addExact(all, held(sequence.spec, spec.pages(sequence.length)));
        }
        if (all > spec.deviceSlots()) {
            long taken = used.count();
            throw new CapacityException("device slots", all - taken, spec.deviceSlots() - taken);
        }
        return need - held;
    }

    /** Asks the device how many slots are in use. */
    @FunctionalInterface
    public interface UsedSlots {
        long count();
    }

    /** Slots of a sequence between steps if it shares none. */
    private long held(SequenceSpec sequence, int pages) {
        long limited = limitedLayers(sequence);
        long kept = sequence.isLimited() ? Math.min(pages, sequence.budgetPages()) : pages;
        return Math.multiplyExact((spec.layers() - limited) * pages + limited * kept, (long) spec.headGroups());
    }

    /** Most slots of a member within the step: while one limited layer grows, the others have at most one spare each. */
    private long need(Member member) {
        var sequence = member.sequence.spec;
        long limited = limitedLayers(sequence);
        long pages = member.pagesAfter();
        long kept = pages;
        long growing = 0;
        if (sequence.isLimited()) {
            kept = Math.min(pages, sequence.budgetPages() + 1L);
            long grown = Math.min(member.pagesBefore(), sequence.budgetPages()) + pages - member.pagesBefore();
            growing = limited > 0 ? Math.max(0, grown - kept) : 0;
        }
        return Math.multiplyExact(
                (spec.layers() - limited) * pages + limited * kept + growing, (long) spec.headGroups());
    }

    private long limitedLayers(SequenceSpec sequence) {
        return sequence.isLimited() ? Math.max(0, spec.layers() - sequence.denseLayers()) : 0;
    }
}
