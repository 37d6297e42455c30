package io.arkvale.core.backup;

import io.arkvale.api.Digest;
import io.arkvale.api.Tier;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one backup of a filled group page: written once, immutable after that, shared by forks. {@link BackupTiers} makes and
 * frees it; page tables refer to it.
 */
public final class Backup {
    /** A slot that is none. */
    public static final int NO_SLOT = -1;

    final int place;
    /** Sequences that refer to it, by the kind of digest that each has of the page. */
    private final Map<Digest, Integer> references = new HashMap<>(2);

    private final Tier tier;
    private int slot = NO_SLOT;
    private boolean written;
    private @Nullable IOException failure;

    /**
     * A backup to be written, which no sequence refers to yet.
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

    /** One more sequence refers to it, and has a digest of this kind; true if no other had one. */
    public boolean retain(Digest digest) {
        return references.merge(digest, 1, Integer::sum) == 1;
    }

    /** One sequence less refers to it and has a digest of this kind; true if no other has one. */
    public boolean drop(Digest digest) {
        return references.computeIfPresent(digest, (kind, count) -> count == 1 ? null : count - 1) == null;
    }

    /** Whether no sequence refers to it. */
    public boolean isUnused() {
        return references.isEmpty();
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
