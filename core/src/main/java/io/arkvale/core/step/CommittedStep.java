package io.arkvale.core.step;

import io.arkvale.api.Batch;
import io.arkvale.api.ClosedException;
import io.arkvale.api.DeferredException;
import io.arkvale.api.PendingReport;
import io.arkvale.api.StepReport;
import io.arkvale.core.CacheSequence;
import org.jspecify.annotations.Nullable;

/**
 * A step that is over and whose outcome may have yet to come. {@link #settle} takes the outcome in, once: it counts the
 * report and poisons the sequences that an error names.
 */
public final class CommittedStep implements PendingReport {
    /** The cache that it belongs to. */
    public interface Owner {
        /** Whether outcomes can still be had. */
        boolean isOpen();

        /** Runs a part of a call with the cache's guard held. */
        void guarded(Runnable part);

        /** The step is settled. */
        void settled(CommittedStep step, StepReport report);
    }

    private final Owner owner;
    private final Batch batch;
    private final PendingOutcome outcome;
    private final StepRecording recording;
    private @Nullable StepReport report;
    private @Nullable DeferredException error;

    /**
     * A step that is over.
     *
     * @param recording told of the report once it is there
     */
    CommittedStep(Owner owner, Batch batch, PendingOutcome outcome, StepRecording recording) {
        this.owner = owner;
        this.batch = batch;
        this.outcome = outcome;
        this.recording = recording;
    }

    /** Whether a sequence was a member. */
    public boolean has(CacheSequence sequence) {
        return batch.entries().stream().anyMatch(entry -> entry.sequence().equals(sequence));
    }

    /** Whether the outcome is there, taken in or not. The guard is held. */
    public boolean isSettleable() {
        return report != null || outcome.isComplete();
    }

    /** Takes the outcome in, waiting for it if need be. The guard is held. */
    public void settle() {
        if (report == null) {
            var came = outcome.await();
            report = came.report();
            recording.commit(report);
            error = came.poison();
            owner.settled(this, report);
        }
    }

    @Override
    public boolean isComplete() {
        var complete = new boolean[1];
        owner.guarded(() -> complete[0] = report != null || (owner.isOpen() && outcome.isComplete()));
        return complete[0];
    }

    @Override
    public StepReport await() {
        owner.guarded(() -> {
            if (report == null && !owner.isOpen()) {
                throw new ClosedException("the cache is closed and its device was lost before the report was complete");
            }
            settle();
        });
        return result();
    }

    /** The report, or the error that names the poisoned sequences; settled before. */
    StepReport result() {
        if (error != null) {
            throw error;
        }
        if (report == null) {
            throw new IllegalStateException("not settled");
        }
        return report;
    }
}
