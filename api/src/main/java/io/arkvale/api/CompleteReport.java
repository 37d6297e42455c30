package io.arkvale.api;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A report that nobody has to wait for.
 *
 * @param report null if there is an error
 * @param error null if there is a report
 */
record CompleteReport(@Nullable StepReport report, @Nullable DeferredException error) implements PendingReport {
    static CompleteReport of(Supplier<StepReport> commit) {
        try {
            return new CompleteReport(commit.get(), null);
        } catch (DeferredException e) {
            return new CompleteReport(null, e);
        }
    }

    @Override
    public boolean isComplete() {
        return true;
    }

    @Override
    public StepReport await() {
        if (report == null) {
            throw error == null ? new IllegalStateException("neither report nor error") : error;
        }
        return report;
    }
}
