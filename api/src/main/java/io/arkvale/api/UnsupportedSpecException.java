package io.arkvale.api;

/** A legal specification outside the backend's declared {@link Capabilities}. */
public final class UnsupportedSpecException extends ImmediateException {
    private static final long serialVersionUID = 1L;

    /** Creates the error with one clear sentence. */
    public UnsupportedSpecException(String message) {
        super(message);
    }
}
