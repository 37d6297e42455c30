package io.arkvale.api;

import java.util.List;

/** A key, query or value of the named sequences was NaN or infinite. */
public final class NonFiniteException extends DeferredException {
    private static final long serialVersionUID = 1L;

    /** Creates the error. */
    public NonFiniteException(String message, List<Sequence> poisoned) {
        super(message, poisoned, null, null);
    }

    /** Creates the error with the report of its step. */
    public NonFiniteException(String message, List<Sequence> poisoned, StepReport report) {
        super(message, poisoned, report, null);
    }
}
