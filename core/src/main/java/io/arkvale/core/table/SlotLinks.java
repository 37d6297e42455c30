package io.arkvale.core.table;

import io.arkvale.core.backup.Backup;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which slot holds the page of which backup, so that a page that another sequence needs too is shared and not copied back. A
 * link ends when its slot is free, when the slot is about to be written, and when the backup is gone.
 */
final class SlotLinks {
    private @Nullable Backup[] backups = new @Nullable Backup[16];

    /** The slot holds the backup's page, bit for bit. A slot or a backup that has a link keeps it. */
    public void link(int slot, Backup backup) {
        if (slot >= backups.length) {
            backups = Arrays.copyOf(backups, Math.max(slot + 1, 2 * backups.length));
        }
        if (backups[slot] == null && backup.slot() == Backup.NO_SLOT) {
            backups[slot] = backup;
            backup.setSlot(slot);
        }
    }

    /** No slot holds the backup's page any more, or it does not matter. */
    public void unlink(Backup backup) {
        if (backup.slot() != Backup.NO_SLOT) {
            unlink(backup.slot());
        }
    }

    /** The slot holds no backup's page any more. */
    public void unlink(int slot) {
        var backup = slot < backups.length ? backups[slot] : null;
        if (backup != null) {
            backups[slot] = null;
            backup.setSlot(Backup.NO_SLOT);
        }
    }
}
