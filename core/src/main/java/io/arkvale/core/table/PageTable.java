package io.arkvale.core.table;

import io.arkvale.api.Digest;
import io.arkvale.core.backup.Backup;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Page table of one head group of one layer of one sequence. */
public final class PageTable {
    /** The slot of a page that is evicted. */
    public static final int NOT_RESIDENT = -1;

    private final @Nullable Digest digest;
    private int pages;
    private int residents;
    private final PageList attended = new PageList();
    private final TablePlaces places = TablePlaces.resident(this, attended);
    private final PageList all = new PageList();
    private final TablePlaces allPlaces = TablePlaces.resident(this, all);
    private int[] slots;
    private @Nullable Backup[] backups;

    /**
     * A table without pages.
     *
     * @param digest kind of digest of its pages; null in a layer without a budget
     */
    public PageTable(@Nullable Digest digest) {
        this.digest = digest;
        slots = new int[8];
        backups = new @Nullable Backup[8];
    }

    /** A copy for a fork; the caller retains slots and backups. */
    public PageTable(PageTable other) {
        digest = other.digest;
        pages = other.pages;
        residents = other.residents;
        attended.set(other.attended);
        slots = other.slots.clone();
        backups = other.backups.clone();
    }

    /** The kind of digest of its pages, which a layer with a budget has. */
    public Digest digest() {
        if (digest == null) {
            throw new IllegalStateException("a layer without a budget has no digests");
        }
        return digest;
    }

    /** Pages that hold at least one token. */
    public int pages() {
        return pages;
    }

    /** Pages that lie in a device slot. */
    public int residents() {
        return residents;
    }

    /** Pages of the last decode attention, or selected for the next; whoever decides that writes them. */
    public PageList attended() {
        return attended;
    }

    /** Where the {@linkplain #attended attended} pages lie, which are all resident. */
    public TablePlaces places() {
        return places;
    }

    /** Where all pages lie. Those that are evicted have no backup in it. */
    public TablePlaces allPlaces() {
        all.setRun(0, pages);
        return allPlaces;
    }

    /** The device slot of a page, or {@link #NOT_RESIDENT}. */
    public int slot(int page) {
        return slots[page];
    }

    /** Whether a page lies in a device slot. */
    public boolean isResident(int page) {
        return slots[page] >= 0;
    }

    /** The backup of a page, null if it has none. */
    public @Nullable Backup backup(int page) {
        return backups[page];
    }

    /** The backup of a filled page of a limited layer, which always has one. */
    public Backup requireBackup(int page) {
        var backup = backup(page);
        if (backup == null) {
            throw new IllegalStateException("page " + page + " has no backup");
        }
        return backup;
    }

    /** Adds a page at the end. */
    public void open(int slot) {
        if (pages == slots.length) {
            slots = Arrays.copyOf(slots, Math.multiplyExact(2, pages));
            backups = Arrays.copyOf(backups, slots.length);
        }
        slots[pages++] = slot;
        residents++;
    }

    /** Adds a page at the end that lies in no slot. */
    public void openEvicted() {
        open(NOT_RESIDENT);
        residents--;
    }

    /** Takes the last page away again, slot and backup released by the caller. */
    public void removeLast() {
        pages--;
        if (slots[pages] >= 0) {
            residents--;
        }
        backups[pages] = null;
    }

    /** Says where a page's backup is, or that it has none. */
    public void setBackup(int page, @Nullable Backup backup) {
        backups[page] = backup;
    }

    /** Puts another slot with the same content in place of a resident page's. */
    public void replaceSlot(int page, int slot) {
        slots[page] = slot;
    }

    /** A page leaves its slot, released by the caller. */
    public void evict(int page) {
        slots[page] = NOT_RESIDENT;
        residents--;
    }

    /** An evicted page comes back to a slot, taken by the caller. */
    public void recall(int page, int slot) {
        slots[page] = slot;
        residents++;
    }

    /** Lists the resident pages, ascending. */
    public void listResidents(PageList list) {
        list.clear();
        for (int page = 0; list.count() < residents; page++) {
            if (isResident(page)) {
                list.add(page);
            }
        }
    }
}
