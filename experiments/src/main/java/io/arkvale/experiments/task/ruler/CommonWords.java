package io.arkvale.experiments.task.ruler;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.task.Draw;
import io.arkvale.experiments.task.Episode;
import io.arkvale.experiments.task.Episode.Question;
import io.arkvale.experiments.task.Scoring;
import io.arkvale.experiments.task.Words;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * A numbered list in which ten words stand often and all others seldom, by RULER's rules (Hsieh et al., 2024): which are
 * the ten? The score is the share of them that the answer names.
 */
public final class CommonWords extends RulerTask {
    private static final String TASK = "Below is a numbered list of words. In these words, some appear more often than"
            + " others. Memorize the ones that appear most often.\n";
    private static final String QUESTION = "\nQuestion: What are the 10 most common words in the above list?"
            + " Answer: The top 10 words that appear most often in the list are:";
    private static final int COMMON = 10;
    private static final int OFTEN = 30;
    private static final int SELDOM = 3;
    /** Characters of an entry of the list, about. */
    private static final int ENTRY = 20;

    @Override
    public String name() {
        return "common-words";
    }

    /** The longest list that the vocabulary has seldom words for. */
    private static final int MOST_LENGTH = ENTRY * (COMMON * OFTEN + (Words.KEYS - COMMON) * SELDOM + SELDOM) - 1;

    @Override
    Episode episode(int length, RandomGenerator random) {
        if (length > MOST_LENGTH) {
            throw new UserException(
                    "a list of common words has " + length + " characters; allowed: at most " + MOST_LENGTH
                            + ", since there are " + Words.KEYS + " different words and each may stand " + SELDOM
                            + " times at most");
        }
        // Where the list is too short for all ten to stand 30 times, they still stand three times as often.
        var entries = Math.max(COMMON * 12, length / ENTRY);
        var often = Math.min(OFTEN, entries / 2 / COMMON);
        var seldom = Math.max(1, Math.min(SELDOM, often / 3));
        var others = (entries - COMMON * often) / seldom;
        var words = new LinkedHashSet<String>();
        while (words.size() < COMMON + others) {
            words.add(Words.key(random));
        }
        var list = new ArrayList<String>();
        for (var word : words) {
            var times = list.size() < COMMON * often ? often : seldom;
            Stream.generate(() -> word).limit(times).forEach(list::add);
        }
        var shuffled = Draw.some(list, list.size(), random);
        var text = new StringBuilder(TASK);
        for (int i = 0; i < shuffled.size(); i++) {
            text.append(i + 1).append(". ").append(shuffled.get(i)).append(' ');
        }
        var common = words.stream().limit(COMMON).toList();
        var tokens = common.stream().mapToInt(word -> word.length() + 5).sum();
        return new Episode(
                text.toString().strip(), List.of(new Question(QUESTION, common, tokens, Scoring.SHARE_FOUND)));
    }
}
