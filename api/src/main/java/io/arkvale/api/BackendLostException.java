package io.arkvale.api;

import org.jspecify.annotations.Nullable;

/** The device context is lost: the backend and everything it made is closed. A new backend may be created. */
public final class BackendLostException extends ArkValeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error. */
    public BackendLostException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
