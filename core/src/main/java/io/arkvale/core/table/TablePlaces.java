package io.arkvale.core.table;

import io.arkvale.core.backup.BackupTiers;
import io.arkvale.spi.Places;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Where pages of a table lie. */
public final class TablePlaces implements Places {
    private final PageTable table;
    private final AttendedPages pages;
    private final @Nullable MemorySegment @Nullable [] backups;

    private TablePlaces(PageTable table, AttendedPages pages, @Nullable MemorySegment @Nullable [] backups) {
        this.table = table;
        this.pages = pages;
        this.backups = backups;
    }

    /** Resident pages. */
    public static TablePlaces resident(PageTable table, AttendedPages pages) {
        return new TablePlaces(table, pages, null);
    }

    /**
     * All pages of a table from one on, evicted ones read from their backups.
     *
     * @throws IOException if one could not be written or cannot be read
     */
    public static TablePlaces all(PageTable table, int from, BackupTiers.Reads reads) throws IOException {
        var backups = new @Nullable MemorySegment[table.pages()];
        for (int page = from; page < backups.length; page++) {
            if (!table.isResident(page)) {
                backups[page] = reads.read(table.requireBackup(page));
            }
        }
        return new TablePlaces(table, AttendedPages.run(from, backups.length), backups);
    }

    @Override
    public int count() {
        return pages.count();
    }

    @Override
    public int slot(int index) {
        return table.slot(pages.page(index));
    }

    @Override
    public MemorySegment backup(int index) {
        var backup = backups == null ? null : backups[pages.page(index)];
        if (backup == null) {
            throw new IllegalStateException(
                    "page " + pages.page(index) + " is asked for in its backup and is not there");
        }
        return backup;
    }
}
