package io.arkvale.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A backup of the named sequences could not be written or read. */
public final class BackupException extends DeferredException {
    private static final long serialVersionUID = 1L;

    /** Creates the error. */
    public BackupException(String message, List<Sequence> poisoned, @Nullable Throwable cause) {
        super(message, poisoned, null, cause);
    }

    /** Creates the error with the report of its step. */
    public BackupException(String message, List<Sequence> poisoned, StepReport report, @Nullable Throwable cause) {
        super(message, poisoned, report, cause);
    }
}
