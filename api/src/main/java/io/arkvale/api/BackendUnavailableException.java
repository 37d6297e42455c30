package io.arkvale.api;

/** The backend asked for does not exist or cannot run here. */
public final class BackendUnavailableException extends ImmediateException {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final String cure;

    /** Creates the error from the reason and what to do about it. */
    public BackendUnavailableException(String id, String reason, String cure) {
        super("backend '" + id + "' is unavailable: " + reason + "; " + cure);
        this.reason = reason;
        this.cure = cure;
    }

    /** Why it is unavailable. */
    public String reason() {
        return reason;
    }

    /** What to do about it. */
    public String cure() {
        return cure;
    }
}
