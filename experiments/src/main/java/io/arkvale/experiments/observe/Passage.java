package io.arkvale.experiments.observe;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.run.Lab;
import io.arkvale.experiments.task.Episode;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A text whose beginning is prefilled and whose rest is fed token by token.
 *
 * @param tokens all of it
 * @param context tokens that are prefilled
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Passage(int[] tokens, int context) {
    /**
     * The beginning of a text.
     *
     * @param fed tokens that are fed
     * @throws UserException if the text is shorter
     */
    public static Passage of(Lab lab, byte[] text, int context, int fed) {
        var all = lab.tokens(text);
        var needed = Math.addExact(context, fed);
        if (all.length < needed) {
            throw new UserException("the text has " + all.length + " tokens; a context of " + context + " and " + fed
                    + " fed after it need " + needed);
        }
        return new Passage(Arrays.copyOf(all, needed), context);
    }

    /**
     * A task's context, prefilled, and its questions with their right answers, fed.
     *
     * @param most tokens that are fed at most
     */
    public static Passage of(Lab lab, Episode episode, int most) {
        var questions = episode.questions().stream()
                .map(question -> question.text() + question.answer())
                .collect(Collectors.joining());
        var context = lab.tokens(episode.context());
        var fed = lab.moreTokens(questions);
        var count = Math.min(most, fed.length);
        var all = Arrays.copyOf(context, Math.addExact(context.length, count));
        System.arraycopy(fed, 0, all, context.length, count);
        return new Passage(all, context.length);
    }

    /** Tokens that are fed. */
    public int fed() {
        return tokens.length - context;
    }
}
