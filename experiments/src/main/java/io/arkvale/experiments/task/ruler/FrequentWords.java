package io.arkvale.experiments.task.ruler;

import io.arkvale.experiments.task.Draw;
import io.arkvale.experiments.task.Episode;
import io.arkvale.experiments.task.Episode.Question;
import io.arkvale.experiments.task.Scoring;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Coded words whose frequencies follow Zipf's law, by RULER's rules (Hsieh et al., 2024): which three are the most
 * frequent? The score is the share of them that the answer names.
 */
public final class FrequentWords extends RulerTask {
    private static final String TASK = "Read the following coded text and track the frequency of each coded word."
            + " Find the three most frequently appeared coded words. ";
    private static final String QUESTION = "\nQuestion: Do not provide any explanation. Please ignore the dots '....'."
            + " What are the three most frequently appeared words in the above coded text? Answer: According to the"
            + " coded text above, the three most frequently appeared words are:";
    private static final int ASKED = 3;
    private static final int LETTERS = 6;
    private static final int VOCABULARY = 200;
    private static final double EXPONENT = 2;

    @Override
    public String name() {
        return "frequent-words";
    }

    @Override
    Episode episode(int length, RandomGenerator random) {
        var words = new LinkedHashSet<String>();
        while (words.size() < VOCABULARY) {
            words.add(word(random));
        }
        var coded = List.copyOf(words);
        var total = Math.max(ASKED * 20, length / (LETTERS + 1));
        var list = new ArrayList<String>();
        // The most frequent word of a real text says the least: RULER puts dots in its place.
        for (int rank = 0; list.size() < total && rank <= VOCABULARY; rank++) {
            var word = rank == 0 ? "...." : coded.get(rank - 1);
            var times = Math.max(1, (int) (total / Math.pow(rank + 1, EXPONENT) * 6 / (Math.PI * Math.PI)));
            list.addAll(Collections.nCopies(times, word));
        }
        var text = TASK + String.join(" ", Draw.some(list, list.size(), random));
        var tokens = ASKED * (LETTERS + 2) + 4;
        return new Episode(text, List.of(new Question(QUESTION, coded.subList(0, ASKED), tokens, Scoring.SHARE_FOUND)));
    }

    private static String word(RandomGenerator random) {
        return random.ints(LETTERS, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
