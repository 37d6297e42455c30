package io.arkvale.api;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An error that shows after the call that caused it has returned: raised by {@link Step#commit}, or earlier when a
 * result is read. The sequences it names are poisoned; all others have taken the step.
 */
public abstract sealed class DeferredException extends ArkValeException permits NonFiniteException, BackupException {
    private static final long serialVersionUID = 1L;

    private final transient List<Sequence> poisoned;
    private final transient @Nullable StepReport report;

    DeferredException(String message, List<Sequence> poisoned, @Nullable StepReport report, @Nullable Throwable cause) {
        super(message, cause);
        this.poisoned = List.copyOf(poisoned);
        this.report = report;
    }

    /** The sequences that can now only be closed. */
    public List<Sequence> poisoned() {
        return poisoned;
    }

    /**
     * What the step did, with the sequences that succeeded among the others: what {@link Step#commit} would have
     * returned. Empty if the error was not raised by it, or the backend cannot tell.
     */
    public Optional<StepReport> report() {
        return Optional.ofNullable(report);
    }
}
