package io.arkvale.tornado;

import io.arkvale.spi.Places;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.stream.IntStream;

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
        var backups = new ArrayList<MemorySegment>();
        for (int page = from; page < to; page++) {
            int slot = pages.slot(page);
            if (slot >= 0) {
                places[page - from] = layout.slotAt(slot);
            } else {
                places[page - from] = layout.guestAt(backups.size());
                backups.add(pages.backup(page));
            }
        }
        if (!backups.isEmpty()) {
            transfers.upload(
                    backups,
                    IntStream.range(0, backups.size()).map(layout::guestAt).toArray());
        }
        return places;
    }
}
