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
     * A question with what is known of its answer.
     *
     * @param text fed token by token
     * @param references what the model should go on with, or what should be found in what it goes on with; at least one
     * @param tokens how far the model goes on, or 0 for as far as the first reference
     * @param scoring compares what the model says with the references
     */
    public record Question(String text, List<String> references, int tokens, Scoring scoring) {
        /** Copies the references. */
        public Question {
            references = List.copyOf(references);
        }

        /** A question whose answer is right or wrong, token by token. */
        public Question(String text, String answer) {
            this(text, List.of(answer), 0, Scoring.EXACT);
        }

        /** The first reference. */
        public String answer() {
            return references.getFirst();
        }

        /** The score of what a model said, from 0 to 1. */
        public double score(String said) {
            return scoring.score(said, references);
        }
    }
}
