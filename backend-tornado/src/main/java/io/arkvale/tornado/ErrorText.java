package io.arkvale.tornado;

import java.util.regex.Pattern;

/** What went wrong in TornadoVM, in its words but without what only a log of its own needs, or what is not so here. */
final class ErrorText {
    private static final Pattern COLOUR = Pattern.compile("\u001B\\[[0-9;]*m");

    private static final Pattern LEVEL = Pattern.compile("^\\s*\\[(ERROR|WARNING|INFO)]\\s*");

    /** TornadoVM says this where it would now run sequential Java, which the backend's options forbid. */
    private static final Pattern FALLBACK = Pattern.compile("\\s*Deoptimizing to sequential execution\\.?");

    private ErrorText() {}

    /** One clause that tells the first cause of an error. */
    static String of(Throwable error) {
        var cause = error;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        var message = cause.getMessage() == null ? "" : clean(cause.getMessage());
        if (message.isEmpty()) {
            return cause.getClass().getSimpleName();
        }
        return cause instanceof NoClassDefFoundError ? "class " + message + " cannot be loaded" : message;
    }

    private static String clean(String message) {
        var plain = FALLBACK.matcher(COLOUR.matcher(message).replaceAll("")).replaceAll("");
        var first = plain.lines().filter(line -> !line.isBlank()).findFirst().orElse("");
        var text = LEVEL.matcher(first).replaceFirst("").strip();
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }
}
