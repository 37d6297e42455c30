package io.arkvale.cuda.step;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.CapacityException;
import io.arkvale.api.SequenceSpec;
import io.arkvale.core.table.SlotPool;
import io.arkvale.cuda.CudaSequence;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The slots that a step may come to need. All follow from lengths, so that the device need not be asked: a sequence
 * holds at most what it would alone, and in a limited layer over budget exactly its budget between steps,
 * unless its prompt is open.
 */
public record Reservation(CacheSpec spec, SlotPool backups) {
    /**
     * Device slots that all sequences may have before the step ends, if none are shared.
     *
     * @param usedSlots asks the device how many are in use, for the error alone
     * @throws CapacityException if device or host slots are short
     */
    public long reserve(Collection<CudaSequence> sequences, List<Member> members, LongSupplier usedSlots) {
        long newBackups = 0;
        long growth = 0;
        for (var member : members) {
            newBackups = Math.addExact(newBackups, member.newBackups());
            growth = Math.addExact(
                    growth, need(member) - held(member.settings(), member.pagesBefore(), member.promptOpenBefore()));
        }
        if (newBackups > backups.available()) {
            throw new CapacityException("host slots", newBackups, backups.available());
        }
        long all = growth;
        for (var sequence : sequences) {
            all = Math.addExact(all, held(sequence.spec(), spec.pages(sequence.length()), sequence.isPromptOpen()));
        }
        if (all > spec.deviceSlots()) {
            long used = usedSlots.getAsLong();
            throw new CapacityException("device slots", all - used, spec.deviceSlots() - used);
        }
        return all;
    }

    /** Slots of a sequence between steps if it shares none. */
    private long held(SequenceSpec sequence, int pages, boolean promptOpen) {
        boolean cut = sequence.isLimited() && !promptOpen;
        return slots(sequence, pages, cut ? Math.min(pages, sequence.budgetPages()) : pages, 0);
    }

    /** Most slots of a member within the step: while one limited layer grows, the others have at most one spare each. */
    private long need(Member member) {
        long pages = member.pagesAfter();
        if (member.limitedLayers() == 0 || member.mayHoldAllPages()) {
            return slots(member.settings(), pages, pages, 0);
        }
        int budget = member.settings().budgetPages();
        long kept = Math.min(pages, budget + 1L);
        long grown = Math.min(member.pagesBefore(), budget) + pages - member.pagesBefore();
        return slots(member.settings(), pages, kept, Math.max(0, grown - kept));
    }

    /** Slots of all layers, of which those with a budget keep so many pages, and one of them some more. */
    private long slots(SequenceSpec sequence, long pages, long kept, long more) {
        int dense = sequence.isLimited() ? Math.min(sequence.denseLayers(), spec.layers()) : spec.layers();
        return Math.multiplyExact(dense * pages + (spec.layers() - dense) * kept + more, (long) spec.headGroups());
    }
}
