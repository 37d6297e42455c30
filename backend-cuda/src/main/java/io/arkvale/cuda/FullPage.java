package io.arkvale.cuda;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A full page as all sequences know it that share it: the backup of each layer and head group of which any of them has one. So
 * a page has one backup, whoever asks for it (rule 711). What is not limited in any of them takes no memory.
 */
public final class FullPage {
    private final int runs;
    private int @Nullable [] backups;

    /** A page without backups, in so many runs: layers times head groups. */
    FullPage(int runs) {
        this.runs = runs;
    }

    /** Whether a sequence has a backup of a run's part. */
    boolean isBackedUp(int run) {
        return backups != null && backups[run] >= 0;
    }

    /** The backup slot of a run's part, which there is. */
    public int backup(int run) {
        if (backups == null || backups[run] < 0) {
            throw new IllegalStateException("no sequence has a backup of run " + run);
        }
        return backups[run];
    }

    void setBackup(int run, int slot) {
        if (backups == null) {
            backups = new int[runs];
            Arrays.fill(backups, TableLayout.NONE);
        }
        backups[run] = slot;
    }
}
