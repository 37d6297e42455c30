package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.CapacityException;
import io.arkvale.api.SlotNeed;
import java.util.List;

/**
 * How many slots a step may come to need. Only the open step takes slots, so having them free when it opens is all that
 * reserving takes.
 */
final class Reservation {
    private final CacheSpec spec;
    private final PageStore store;

    Reservation(TornadoCache cache) {
        spec = cache.spec;
        store = cache.store;
    }

    /**
     * The device slots that the step may take beyond those in use.
     *
     * @throws CapacityException if device slots or backup slots are short
     */
    long reserve(TornadoCache cache, List<Member> members) {
        long backups = 0;
        for (var member : members) {
            backups = Math.addExact(backups, newBackups(member));
        }
        long freeBackups = store.host.slots.available();
        if (backups > freeBackups) {
            throw new CapacityException("host slots", backups, freeBackups);
        }
        long free = store.slots.available();
        long slots = peak(members);
        if (slots > free) {
            // Sharing makes the peak pessimistic: sequences never hold more than they would alone.
            slots = Math.min(slots, Math.max(0, needAlone(cache, members) - store.slots.used()));
        }
        if (slots > free) {
            throw new CapacityException("device slots", slots, free);
        }
        return slots;
    }

    private long newBackups(Member member) {
        long limited = 0;
        for (int layer = 0; layer < spec.layers(); layer++) {
            limited += member.sequence.spec.isLimited(layer) ? spec.headGroups() : 0;
        }
        long filled = (long) (member.lengthAfter() / spec.pageSize()) - member.lengthBefore / spec.pageSize();
        return Math.multiplyExact(filled, limited);
    }

    /** Slots in use at the worst moment, beyond those in use now: layers go one after another and keep their rest. */
    private long peak(List<Member> members) {
        long kept = 0;
        long peak = 0;
        for (int layer = 0; layer < spec.layers(); layer++) {
            long most = 0;
            long rest = 0;
            for (var member : members) {
                var sequence = member.sequence.spec;
                long pages = spec.pages(member.lengthAfter());
                for (var table : member.sequence.layers[layer].groups) {
                    long opened = pages - table.pages + copiedLastPage(table, member.lengthBefore);
                    most += opened;
                    rest += opened;
                    if (sequence.isLimited(layer) && pages > sequence.budgetPages()) {
                        long over = table.residents + (pages - table.pages) - sequence.budgetPages();
                        // A victim that a fork holds too frees no slot for a recall.
                        long stuck = Math.min(sharedPages(table, member.lengthBefore), over + sequence.rankedPages());
                        most += member.tokens == 1 ? stuck : 0;
                        rest += stuck - over;
                    }
                }
            }
            peak = Math.max(peak, kept + most);
            kept += rest;
        }
        return peak;
    }

    private long sharedPages(PageTable table, int length) {
        if (!store.slots.hasShared()) {
            return 0;
        }
        long shared = 0;
        int filled = length / spec.pageSize();
        for (int page = 0; page < filled; page++) {
            shared += table.isResident(page) && store.slots.isShared(table.slot(page)) ? 1 : 0;
        }
        return shared;
    }

    private int copiedLastPage(PageTable table, int length) {
        boolean partial = length % spec.pageSize() != 0;
        return partial && store.slots.isShared(table.slot(table.pages - 1)) ? 1 : 0;
    }

    /** Slots of all sequences if none shared any. */
    private long needAlone(TornadoCache cache, List<Member> members) {
        long need = 0;
        for (var sequence : cache.sequences()) {
            for (var layer : sequence.layers) {
                for (var group : layer.groups) {
                    need += group.residents;
                }
            }
        }
        for (var member : members) {
            for (var layer : member.sequence.layers) {
                for (var group : layer.groups) {
                    need -= group.residents;
                }
            }
            need += SlotNeed.of(
                            spec.layers(),
                            spec.headGroups(),
                            spec.pageSize(),
                            member.sequence.spec,
                            member.lengthAfter())
                    .device();
        }
        return need;
    }
}
