package io.arkvale.serving;

/** Errors as sentences. */
final class Sentences {
    private Sentences() {}

    static String of(Throwable error) {
        var message = error.getMessage();
        return message == null ? "an error in the program: " + error : message.replace('\n', ' ');
    }
}
