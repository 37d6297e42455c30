package io.arkvale.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An error that shows after the call that caused it has returned: raised by {@link Step#commit}, or earlier when a
 * result is read. The sequences it names are poisoned; all others have taken the step.
 */
public abstract sealed class DeferredException extends ArkValeException permits NonFiniteException, BackupException {
    private static final long serialVersionUID = 1L;

    private final transient List<Sequence> poisoned;

    DeferredException(String message, List<Sequence> poisoned, @Nullable Throwable cause) {
        super(message, cause);
        this.poisoned = List.copyOf(poisoned);
    }

    /** The sequences that can now only be closed. */
    public List<Sequence> poisoned() {
        return poisoned;
    }
}
