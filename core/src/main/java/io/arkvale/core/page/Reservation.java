package io.arkvale.core.page;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.CapacityException;
import io.arkvale.api.SlotNeed;
import io.arkvale.core.table.PageTable;
import io.arkvale.core.table.SlotPool;
import java.util.Collection;
import java.util.List;

/**
 * The number of slots that a step may come to need. Only the open step takes slots, so having them free when it opens is all that
 * reserving takes.
 */
final class Reservation {
    private final CacheSpec spec;
    private final SlotPool slots;

    /** Reserves from a cache's device slots. */
    Reservation(CacheSpec spec, SlotPool slots) {
        this.spec = spec;
        this.slots = slots;
    }

    /**
     * The device slots that a step may take beyond those in use.
     *
     * @param sequences all open sequences of the cache
     * @param members those of them that the step grows, not grown yet
     * @param freeBackups backup slots that are free, of all tiers
     * @throws CapacityException if device slots or backup slots are short
     */
    long reserve(Collection<PagedSequence> sequences, List<PagedMember> members, long freeBackups) {
        long backups = 0;
        for (int i = 0; i < members.size(); i++) {
            var member = members.get(i);
            backups = Math.addExact(backups, member.newBackups());
        }
        if (backups > freeBackups) {
            var pool = spec.diskSlots() > 0 ? "host and disk slots" : "host slots";
            throw new CapacityException(pool, backups, freeBackups);
        }
        long free = slots.available();
        long needed = peak(members);
        if (slots.hasShared()) {
            // Sharing makes the peak pessimistic: sequences never hold more than they would alone.
            needed = Math.min(needed, Math.max(0, needAlone(sequences, members) - slots.used()));
        }
        if (needed > free) {
            throw new CapacityException("device slots", needed, free);
        }
        return needed;
    }

    /** Slots in use at the worst moment, beyond those in use now: layers go one after another and keep their rest. */
    private long peak(List<PagedMember> members) {
        long kept = 0;
        long peak = 0;
        for (int layer = 0; layer < spec.layers(); layer++) {
            long most = 0;
            long rest = 0;
            for (int i = 0; i < members.size(); i++) {
                var member = members.get(i);
                long pages = spec.pages(member.lengthAfter());
                for (int group = 0; group < spec.headGroups(); group++) {
                    var table = member.layer(layer).groups.get(group);
                    long opened = pages - table.pages() + copiedLastPage(table, member.lengthBefore());
                    most += opened;
                    rest += opened;
                    if (member.isOverBudget(layer, group) && !member.role().leavesPromptOpen()) {
                        long over = table.residents()
                                + (pages - table.pages())
                                - member.residence().budgetPages(layer, group);
                        long recalls = member.mayDecode() ? member.residence().rankedPages(layer, group) : 0;
                        // A victim that a fork holds too frees no slot for a recall.
                        long stuck = Math.min(sharedPages(table, member.lengthBefore()), Math.max(0, over + recalls));
                        // A sequence that has been cut may hold less than its budget, and fill it.
                        long filled = Math.min(recalls, Math.max(0, -over));
                        long change = stuck + filled - Math.max(0, over);
                        // A later layer may be prefetched before this one gives anything back.
                        most += member.mayDecode() ? Math.max(0, change) : 0;
                        rest += member.mayDecode() ? Math.max(-opened, change) : change;
                    }
                }
            }
            peak = Math.max(peak, kept + most);
            kept += rest;
        }
        return peak;
    }

    private long sharedPages(PageTable table, int length) {
        if (!slots.hasShared()) {
            return 0;
        }
        long shared = 0;
        int filled = length / spec.pageSize();
        for (int page = 0; page < filled; page++) {
            shared += table.isResident(page) && slots.isShared(table.slot(page)) ? 1 : 0;
        }
        return shared;
    }

    private int copiedLastPage(PageTable table, int length) {
        boolean partial = length % spec.pageSize() != 0;
        return partial && slots.isShared(table.slot(table.pages() - 1)) ? 1 : 0;
    }

    /** Slots of all sequences if none shared any. */
    private long needAlone(Collection<PagedSequence> sequences, List<PagedMember> members) {
        long need = 0;
        for (var sequence : sequences) {
            need += residents(sequence);
        }
        for (var member : members) {
            need -= residents(member.sequence());
            need += need(member).device();
        }
        return need;
    }

    private SlotNeed need(PagedMember member) {
        return member.mayHoldAllPages()
                ? SlotNeed.ofOpenPrompt(spec, member.settings(), member.lengthAfter(), member.tokens())
                : SlotNeed.of(spec, member.settings(), member.lengthAfter(), member.tokens());
    }

    private long residents(PagedSequence sequence) {
        long residents = 0;
        for (int layer = 0; layer < spec.layers(); layer++) {
            for (var table : sequence.layer(layer).groups) {
                residents += table.residents();
            }
        }
        return residents;
    }
}
