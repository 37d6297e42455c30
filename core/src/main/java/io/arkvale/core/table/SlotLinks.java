package io.arkvale.core.table;

import io.arkvale.core.backup.Backup;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which slot holds the page of which backup, so that a page that another sequence needs too is shared and not copied back,
 * and that a page has one backup, whoever asks for it. What is known of a slot ends when the slot is free, when it is about to
 * be written, and when the backup is gone. Several slots may hold one backup's page; the first of them is shared.
 */
final class SlotLinks {
    private @Nullable Backup[] backups = new @Nullable Backup[16];

    /** The slot holds the backup's page, bit for bit. */
    public void link(int slot, Backup backup) {
        if (slot >= backups.length) {
            backups = Arrays.copyOf(backups, Math.max(slot + 1, 2 * backups.length));
        }
        backups[slot] = backup;
        if (backup.slot() == Backup.NO_SLOT) {
            backup.setSlot(slot);
        }
    }

    /** The backup whose page a slot holds, or null. */
    public @Nullable Backup backup(int slot) {
        var backup = slot < backups.length ? backups[slot] : null;
        return backup == null || backup.isUnused() ? null : backup;
    }

    /** The slot holds no backup's page any more. */
    public void unlink(int slot) {
        var backup = slot < backups.length ? backups[slot] : null;
        if (backup != null) {
            backups[slot] = null;
            if (backup.slot() == slot) {
                backup.setSlot(Backup.NO_SLOT);
            }
        }
    }
}
