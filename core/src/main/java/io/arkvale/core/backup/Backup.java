package io.arkvale.core.backup;

import io.arkvale.api.Tier;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The one backup of a filled group page: written once, immutable after that, shared by forks. {@link BackupTiers} makes and
 * frees it; page tables refer to it.
 */
public final class Backup {
    /** A slot that is none. */
    public static final int NO_SLOT = -1;

    final int place;
    /** Sequences that refer to it. */
    int references = 1;

    private final Tier tier;
    private int slot = NO_SLOT;
    private boolean written;
    private @Nullable IOException failure;

    /**
     * A backup to be written.
     *
     * @param place slot of its tier
     */
    Backup(Tier tier, int place) {
        this.tier = tier;
        this.place = place;
    }

    /** Where it lies. */
    public Tier tier() {
        return tier;
    }

    /** Device slot that holds the page for at least one sequence, so that forks share it, or {@link #NO_SLOT}. */
    public int slot() {
        return slot;
    }

    /** Says which slot holds the page. */
    public void setSlot(int slot) {
        this.slot = slot;
    }

    /** One more sequence refers to it. */
    public void retain() {
        references++;
    }

    /** Says that the copy is done, well or badly. */
    synchronized void complete(@Nullable IOException failure) {
        this.failure = failure;
        written = true;
        notifyAll();
    }

    /**
     * Returns when the copy is done. An interrupt does not end the wait; the thread stays interrupted.
     *
     * @throws IOException if it failed
     */
    public synchronized void await() throws IOException {
        boolean interrupted = false;
        while (!written) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw new IOException(failure.getMessage(), failure);
        }
    }
}
