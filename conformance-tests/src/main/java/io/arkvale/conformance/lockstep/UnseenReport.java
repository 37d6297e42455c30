package io.arkvale.conformance.lockstep;

import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.PendingReport;

/**
 * The report of a step that was committed without waiting.
 *
 * @param step the step
 * @param pending its report, not asked for yet
 */
public record UnseenReport(LockedStep step, PendingReport pending) {
    /** Asks for the report and compares it. */
    public void await() {
        var report = Lockstep.legal(713, "await", pending::await);
        require(713, pending.isComplete(), "a report is not complete after await");
        step.seen(report);
        require(713, report.equals(Lockstep.legal(713, "await again", pending::await)), "await gives two reports");
    }
}
