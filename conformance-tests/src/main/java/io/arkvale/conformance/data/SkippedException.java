package io.arkvale.conformance.data;

/** A rule cannot be checked on this backend; the message says why. */
public final class SkippedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates it with the reason. */
    public SkippedException(String reason) {
        super(reason);
    }
}
