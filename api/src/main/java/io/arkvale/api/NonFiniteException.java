package io.arkvale.api;

import java.util.List;

/** A key, query or value of the named sequences was NaN or infinite. */
public final class NonFiniteException extends DeferredException {
    private static final long serialVersionUID = 1L;

    /** Creates the error. */
    public NonFiniteException(String message, List<Sequence> poisoned) {
        super(message, poisoned, null);
    }
}
