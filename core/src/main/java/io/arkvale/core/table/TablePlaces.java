package io.arkvale.core.table;

import io.arkvale.core.backup.BackupTiers;
import io.arkvale.spi.Places;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Where pages of a table lie. */
public final class TablePlaces implements Places {
    private final PageTable table;
    private final PageList pages;
    private final @Nullable MemorySegment @Nullable [] backups;

    private TablePlaces(PageTable table, PageList pages, @Nullable MemorySegment @Nullable [] backups) {
        this.table = table;
        this.pages = pages;
        this.backups = backups;
    }

    /** Resident pages, those that are in the list when somebody asks. */
    public static TablePlaces resident(PageTable table, PageList pages) {
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
        var pages = new PageList();
        pages.setRun(from, backups.length);
        return new TablePlaces(table, pages, backups);
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
