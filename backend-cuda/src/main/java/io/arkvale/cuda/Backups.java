package io.arkvale.cuda;

import io.arkvale.api.CacheSpec;
import io.arkvale.core.table.SlotPool;

/**
 * Which host slots hold a backup, and who has them. A page fills when its last token comes, so that the host knows without
 * asking the device; a slot's number also names the digests of its page.
 */
public final class Backups {
    private final int runs;
    private final SlotPool slots;
    private final DigestPools digests;

    Backups(CacheSpec spec, DigestPools digests) {
        runs = spec.layers() * spec.headGroups();
        slots = new SlotPool(Math.toIntExact(spec.hostSlots()));
        this.digests = digests;
    }

    /** Slots in use. */
    public int used() {
        return slots.used();
    }

    /** Slots that can be taken. */
    public int available() {
        return slots.available();
    }

    /** Pages of a sequence fill until it has so many: each gets backups. Pages of one table get neighbouring slots. */
    public void fill(CudaSequence sequence, int pages) {
        int before = sequence.fullPages.size();
        while (sequence.fullPages.size() < pages) {
            sequence.fullPages.add(new FullPage(runs));
        }
        for (int run : sequence.limitedRuns()) {
            for (int page = before; page < pages; page++) {
                take(sequence, page, run);
            }
        }
    }

    /** A page of a sequence gets a backup that no sequence had; returns its slot. */
    int take(CudaSequence sequence, int page, int run) {
        int slot = slots.take();
        sequence.fullPages.get(page).setBackup(run, slot);
        digests.pool(sequence.spec().digest()).use(slot);
        return slot;
    }

    /** A sequence has a backup of a page from now on that another one has; returns its slot. */
    int share(CudaSequence sequence, int page, int run) {
        int slot = sequence.fullPages.get(page).backup(run);
        slots.retain(slot);
        digests.pool(sequence.spec().digest()).use(slot);
        return slot;
    }

    /** A fork that knows no page yet has all pages and backups of a sequence with the same settings. */
    void shareAll(CudaSequence source, CudaSequence fork) {
        fork.fullPages.addAll(source.fullPages);
        for (int run : fork.limitedRuns()) {
            for (int page = 0; page < fork.fullPages.size(); page++) {
                share(fork, page, run);
            }
        }
    }

    /** A sequence gives up the full pages behind the first ones, and its backups of them. */
    public void release(CudaSequence sequence, int pages) {
        while (sequence.fullPages.size() > pages) {
            var page = sequence.fullPages.removeLast();
            for (int run : sequence.limitedRuns()) {
                int slot = page.backup(run);
                digests.pool(sequence.spec().digest()).drop(slot);
                if (slots.release(slot)) {
                    page.setBackup(run, TableLayout.NONE);
                }
            }
        }
    }
}
