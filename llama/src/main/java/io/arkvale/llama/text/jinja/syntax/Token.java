package io.arkvale.llama.text.jinja.syntax;

/**
 * A piece of a template.
 *
 * @param kind what it is
 * @param text a string's value, a name, a number's digits, an operator, or text outside of tags
 * @param line where it begins, from 1
 */
record Token(Kind kind, String text, int line) {

    enum Kind {
        /** Text outside of tags. */
        TEXT,
        /** Two opening braces. */
        PRINT_BEGIN,
        PRINT_END,
        /** An opening brace and a percent sign. */
        TAG_BEGIN,
        TAG_END,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    boolean is(Kind other, String expected) {
        return kind == other && text.equals(expected);
    }

    @Override
    public String toString() {
        return switch (kind) {
            case END -> "the end";
            case STRING -> "the string '" + text + "'";
            default -> "'" + text + "'";
        };
    }
}
