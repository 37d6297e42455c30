package io.arkvale.cpu;

import io.arkvale.api.Tier;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The one backup of a filled group page: written once in the background, immutable after that, shared by forks.
 */
final class Backup {
    final Tier tier;
    /** Block of the host pool, or position on disk counted in slots. */
    final int place;
    /** Sequences that refer to it. */
    int references = 1;
    /** Device slot that holds the page for at least one sequence, so that forks share it. */
    int slot;

    private boolean written;
    private @Nullable IOException failure;

    Backup(Tier tier, int place, int slot) {
        this.tier = tier;
        this.place = place;
        this.slot = slot;
    }

    /** Called by the writer when the copy is done. */
    synchronized void complete(@Nullable IOException failure) {
        this.failure = failure;
        written = true;
        notifyAll();
    }

    /**
     * Returns when the copy is done.
     *
     * @throws IOException if it failed
     */
    synchronized void await() throws IOException {
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
            throw failure;
        }
    }
}
