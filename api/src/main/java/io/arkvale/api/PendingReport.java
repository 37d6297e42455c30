package io.arkvale.api;

import java.util.function.Supplier;

/**
 * The report of a step that was committed without waiting for it: see {@link Step#commitAsync()}.
 *
 * <p>A deferred error shows when the report is complete. It poisons the sequences that it names then: at the latest when
 * {@link #await} returns, or when a call other than {@link KvCache#step} names one of them.
 */
public interface PendingReport {
    /** Whether {@link #await} returns without waiting. */
    boolean isComplete();

    /**
     * Waits until the step has taken effect, backups that are still to be copied aside.
     *
     * @return what {@link Step#commit()} would have returned
     * @throws DeferredException what {@code commit} would have raised, at every call
     * @throws BackendLostException if the device failed for good
     * @throws ClosedException if the cache was closed without the report, because its device was lost
     */
    StepReport await();

    /** The report of a commit that is done here and now, or the deferred error that it raises. */
    static PendingReport complete(Supplier<StepReport> commit) {
        return CompleteReport.of(commit);
    }
}
