package io.arkvale.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A key, query or value of the named sequences was NaN or infinite. */
public final class NonFiniteException extends DeferredException {
    private static final long serialVersionUID = 1L;

    /** Creates the error. */
    public NonFiniteException(String message, List<Sequence> poisoned) {
        this(message, poisoned, null);
    }

    /** Creates the error of a commit, with the report of its step. */
    public NonFiniteException(String message, List<Sequence> poisoned, @Nullable StepReport report) {
        super(message, poisoned, null, report);
    }
}
