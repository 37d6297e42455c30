package io.arkvale.tornado;

import io.arkvale.api.support.PageTable;
import java.util.Arrays;

/** Device slots in which evicted pages stay while a prefill reads them: those that are free, and a few kept for this. */
final class GuestSlots implements AutoCloseable {
    /** Slots of each cache that no page is ever given, so that there is always one. */
    static final int KEPT = 4;

    private final PageStore store;
    private final PageTable<Backup> table;
    private final int[] guests;
    private final int taken;

    GuestSlots(PageStore store, PageTable<Backup> table) {
        this.store = store;
        this.table = table;
        int evicted = table.pages() - table.residents();
        taken = Math.clamp(evicted - KEPT, 0, store.slots.available());
        guests = new int[Math.min(evicted, taken + KEPT)];
        for (int i = 0; i < guests.length; i++) {
            guests[i] = i < taken ? store.slots.take() : store.keptSlot(i - taken);
        }
    }

    int count() {
        return guests.length;
    }

    /** Slots of the pages of a range, of which the evicted ones are brought. */
    int[] bring(int from, int to) {
        var slots = new int[to - from];
        int used = 0;
        for (int page = from; page < to; page++) {
            slots[page - from] = table.slot(page);
            if (!table.isResident(page)) {
                slots[page - from] = guests[used];
                store.bring(table.requireBackup(page), guests[used++]);
            }
        }
        store.transfers.flush();
        return slots;
    }

    @Override
    public void close() {
        Arrays.stream(guests, 0, taken).forEach(store.slots::release);
    }
}
