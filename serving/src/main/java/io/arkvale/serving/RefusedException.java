package io.arkvale.serving;

/** A request that is not taken: its message is one sentence for whoever sent it. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What the client can do. */
    public enum Cure {
        /** Send another request: this one can never be served. */
        CHANGE,
        /** Send it again later. */
        RETRY,
        /** Nothing: the engine has ended. */
        NONE
    }

    private final Cure cure;

    RefusedException(Cure cure, String message) {
        super(message);
        this.cure = cure;
    }

    /** What the client can do. */
    public Cure cure() {
        return cure;
    }
}
