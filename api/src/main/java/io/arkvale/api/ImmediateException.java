package io.arkvale.api;

/** An error raised by the call that caused it; the call had no effect. */
public abstract sealed class ImmediateException extends ArkValeException
        permits InvalidArgumentException,
                UnsupportedSpecException,
                UnsupportedFeatureException,
                CapacityException,
                ClosedException,
                ForeignObjectException,
                CallOrderException,
                PoisonedSequenceException,
                BackendUnavailableException {
    private static final long serialVersionUID = 1L;

    ImmediateException(String message) {
        super(message, null);
    }
}
