package io.arkvale.experiments.task;

import java.util.List;

/**
 * One sample of a task: a context that is prefilled, then questions that come token by token, one after another.
 *
 * @param context the text to prefill
 * @param questions at least one
 */
public record Episode(String context, List<Question> questions) {
    /** Copies the questions. */
    public Episode {
        questions = List.copyOf(questions);
    }

    /**
     * A question with its known answer.
     *
     * @param text fed token by token
     * @param answer what the model should go on with
     */
    public record Question(String text, String answer) {}
}
