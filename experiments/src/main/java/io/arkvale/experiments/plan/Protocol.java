package io.arkvale.experiments.plan;

import java.util.Locale;

/** When a question comes. */
public enum Protocol {
    /** Token by token after the context, so that no policy knows it when it evicts; questions follow one another. */
    QUESTION_AFTER("question after the context"),
    /** At the context's end and prefilled with it, so that every policy knows it; each question has a session of its own. */
    QUESTION_INSIDE("question inside the context");

    private final String words;

    Protocol(String words) {
        this.words = words;
    }

    /** In words, as tables print it. */
    public String words() {
        return words;
    }

    /** Its name in options and results. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
