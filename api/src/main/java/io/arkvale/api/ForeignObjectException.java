package io.arkvale.api;

/** A sequence or tensor of another cache. */
public final class ForeignObjectException extends ImmediateException {
    private static final long serialVersionUID = 1L;

    /** Creates the error with one clear sentence. */
    public ForeignObjectException(String message) {
        super(message);
    }
}
