package io.arkvale.api;

import org.jspecify.annotations.Nullable;

/**
 * Root of every error of the interface. Its three branches say what an error leaves behind:
 * {@link ImmediateException} nothing has changed, {@link DeferredException} the sequences it names are poisoned,
 * {@link BackendLostException} the backend is closed.
 */
public abstract sealed class ArkValeException extends RuntimeException
        permits ImmediateException, DeferredException, BackendLostException {
    private static final long serialVersionUID = 1L;

    ArkValeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
