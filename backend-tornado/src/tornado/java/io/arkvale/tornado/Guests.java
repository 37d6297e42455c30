package io.arkvale.tornado;

import io.arkvale.spi.Places;

/** Places on the device where evicted pages stay while they are attended to. No page is ever given one of them. */
final class Guests {
    /** How many a cache has: many enough that most prefills need one pass, few beside a cache's slots. */
    static final int COUNT = 16;

    private final RegionLayout layout;
    private final Transfers transfers;

    Guests(RegionLayout layout, Transfers transfers) {
        this.layout = layout;
        this.transfers = transfers;
    }

    /** Where the pages of a range lie once the evicted ones, {@link #COUNT} at most, have been brought. */
    int[] bring(Places pages, int from, int to) {
        var places = new int[to - from];
        int used = 0;
        for (int page = from; page < to; page++) {
            int slot = pages.slot(page);
            if (slot >= 0) {
                places[page - from] = layout.slotAt(slot);
            } else {
                places[page - from] = layout.guestAt(used++);
                transfers.upload(pages.backup(page), places[page - from]);
            }
        }
        transfers.flush();
        return places;
    }
}
