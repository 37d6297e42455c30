package io.arkvale.llama.text.jinja.value;

/** A template cannot be rendered as Jinja would, or refuses what it was given. The message is a sentence's end. */
public final class TemplateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Says what is the matter, without a full stop. */
    public TemplateException(String problem) {
        super(problem);
    }

    /** The same, at a line of the template. */
    public static TemplateException at(int line, String problem) {
        return new TemplateException("line " + line + ": " + problem);
    }
}
