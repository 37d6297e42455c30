package io.arkvale.tornado;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Page table of one head group of one layer of one sequence. */
final class PageTable {
    /** Pages that hold at least one token. */
    int pages;
    /** Pages that lie in a device slot. */
    int residents;
    /** Pages of the last decode attention, or selected for the next; ascending. */
    int[] attended = new int[0];

    private int[] slots;
    private @Nullable Backup[] backups;

    PageTable() {
        slots = new int[8];
        backups = new @Nullable Backup[8];
    }

    /** A copy for a fork; the caller retains slots and backups. */
    PageTable(PageTable other) {
        pages = other.pages;
        residents = other.residents;
        attended = other.attended;
        slots = other.slots.clone();
        backups = other.backups.clone();
    }

    int slot(int page) {
        return slots[page];
    }

    boolean isResident(int page) {
        return slots[page] >= 0;
    }

    @Nullable
    Backup backup(int page) {
        return backups[page];
    }

    /** The backup of a filled page of a limited layer, which always has one. */
    Backup requireBackup(int page) {
        var backup = backups[page];
        if (backup == null) {
            throw new IllegalStateException("page " + page + " has no backup");
        }
        return backup;
    }

    /** Adds a page at the end. */
    void open(int slot) {
        if (pages == slots.length) {
            slots = Arrays.copyOf(slots, Math.multiplyExact(2, pages));
            backups = Arrays.copyOf(backups, slots.length);
        }
        slots[pages++] = slot;
        residents++;
    }

    /** Takes the last page away again, slot and backup released by the caller. */
    void removeLast() {
        pages--;
        if (slots[pages] >= 0) {
            residents--;
        }
        backups[pages] = null;
    }

    void setBackup(int page, @Nullable Backup backup) {
        backups[page] = backup;
    }

    /** Puts another slot with the same content in place of a resident page's. */
    void replaceSlot(int page, int slot) {
        slots[page] = slot;
    }

    void evict(int page) {
        slots[page] = Backup.NOT_RESIDENT;
        residents--;
    }

    void recall(int page, int slot) {
        slots[page] = slot;
        residents++;
    }

    /** The resident pages, ascending. */
    int[] residentPages() {
        var resident = new int[residents];
        for (int page = 0, i = 0; i < residents; page++) {
            if (isResident(page)) {
                resident[i++] = page;
            }
        }
        return resident;
    }
}
