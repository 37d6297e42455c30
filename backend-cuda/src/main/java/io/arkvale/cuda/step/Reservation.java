package io.arkvale.cuda.step;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.CapacityException;
import io.arkvale.cuda.Backups;
import io.arkvale.cuda.CudaSequence;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The slots that a step may come to need. All follow from lengths, so that the device need not be asked: a sequence
 * holds at most what it would alone, and in a limited layer over budget exactly its budget between steps,
 * unless its prompt is open.
 */
public record Reservation(CacheSpec spec, Backups backups) {
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
            long heldBefore = held(member.sequence(), member.pagesBefore(), member.promptOpenBefore());
            growth = Math.addExact(growth, need(member) - heldBefore);
        }
        if (newBackups > backups.available()) {
            throw new CapacityException("host slots", newBackups, backups.available());
        }
        long all = growth;
        for (var sequence : sequences) {
            all = Math.addExact(all, held(sequence, spec.pages(sequence.length()), sequence.isPromptOpen()));
        }
        if (all > spec.deviceSlots()) {
            long used = usedSlots.getAsLong();
            throw new CapacityException("device slots", all - used, spec.deviceSlots() - used);
        }
        return all;
    }

    /** Slots of a sequence between steps if it shares none. */
    private long held(CudaSequence sequence, int pages, boolean promptOpen) {
        long held = 0;
        for (int layer = 0; layer < spec.layers(); layer++) {
            boolean cut = sequence.residence().isLimited(layer) && !promptOpen;
            held += cut ? within(sequence, layer, pages, 0) : all(sequence, layer, pages);
        }
        return held;
    }

    /** Most slots of a member within the step: while one limited layer grows, the others have at most one spare each. */
    private long need(Member member) {
        var sequence = member.sequence();
        long pages = member.pagesAfter();
        long opened = pages - member.pagesBefore();
        long need = 0;
        long more = 0;
        for (int layer = 0; layer < spec.layers(); layer++) {
            if (!sequence.residence().isLimited(layer) || member.mayHoldAllPages()) {
                need += all(sequence, layer, pages);
            } else {
                long kept = within(sequence, layer, pages, 1);
                long grown = within(sequence, layer, member.pagesBefore(), 0) + opened * spec.headGroups();
                need += kept;
                more = Math.max(more, grown - kept);
            }
        }
        return need + more;
    }

    /** Slots of a layer that holds every page, but those that have left its window. */
    private long all(CudaSequence sequence, int layer, long pages) {
        return Math.multiplyExact(pages - sequence.firstHeld(layer), (long) spec.headGroups());
    }

    /** Slots of a layer whose head groups keep to their budgets, and some more each. */
    private long within(CudaSequence sequence, int layer, long pages, long more) {
        long slots = 0;
        for (int group = 0; group < spec.headGroups(); group++) {
            slots += Math.min(pages, sequence.residence().budgetPages(layer, group) + more);
        }
        return slots;
    }
}
