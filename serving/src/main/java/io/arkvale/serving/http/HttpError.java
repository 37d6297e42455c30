package io.arkvale.serving.http;

import org.jspecify.annotations.Nullable;

/** A reply that is an error: its message is one sentence for whoever sent the request. */
final class HttpError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final @Nullable String field;

    HttpError(int status, String message, @Nullable String field) {
        super(message);
        this.status = status;
        this.field = field;
    }

    /** What a field of a request is and what it may be. */
    static HttpError wrong(String field, String message) {
        return new HttpError(400, message, field);
    }

    int status() {
        return status;
    }

    /** The field that is wrong, if it is one. */
    @Nullable
    String field() {
        return field;
    }
}
