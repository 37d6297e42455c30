package io.arkvale.core.backup;

import java.io.IOException;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** The thread that writes backups while calls go on. It survives every failure: who waits for a backup is always told. */
final class BackupWriter implements AutoCloseable {
    /** Copies one page; returns what went wrong. */
    @FunctionalInterface
    interface Copier {
        @Nullable
        IOException copy(Backup backup, int slot);
    }

    private record Job(@Nullable Backup backup, int slot) {}

    private static final Job END = new Job(null, Backup.NO_SLOT);

    private final Copier copier;
    private final LinkedBlockingQueue<Job> jobs = new LinkedBlockingQueue<>();
    private final Thread thread;

    BackupWriter(Copier copier) {
        this.copier = copier;
        thread = Thread.ofPlatform().daemon().name("arkvale-backup").start(this::run);
    }

    /** Adds a page to copy, after all before it. */
    void add(Backup backup, int slot) {
        jobs.add(new Job(backup, slot));
    }

    private void run() {
        for (var job = next(); job.backup != null; job = next()) {
            job.backup.complete(copy(job.backup, job.slot));
        }
    }

    /** The next job. Nobody has a reason to interrupt the thread; it ends with close, as those who wait for it expect. */
    private Job next() {
        while (true) {
            try {
                return jobs.take();
            } catch (InterruptedException e) {
                // It waits on.
            }
        }
    }

    @SuppressWarnings("CatchingUnchecked") // whatever it is, the page is not backed up and who needs it must hear that
    private @Nullable IOException copy(Backup backup, int slot) {
        try {
            return copier.copy(backup, slot);
        } catch (RuntimeException | Error e) {
            return new IOException("the copy failed: " + e, e);
        }
    }

    /** Returns when all copies are done and the thread has ended. */
    @Override
    public void close() {
        jobs.add(END);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
