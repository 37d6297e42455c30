package io.arkvale.experiments.input;

import java.util.Collection;
import java.util.Comparator;

/** The valid word that a wrong one most likely stands for. */
public final class Nearest {
    /** Letters from which on a beginning says what is meant. */
    private static final int SHORTEST_PART = 4;

    private Nearest() {}

    /** A question that names the nearest word, to be put behind a message; empty if none is near. */
    public static String question(String wrong, Collection<String> valid) {
        return valid.stream()
                .filter(word -> distance(wrong, word) <= Math.max(2, wrong.length() / 3) || isPart(wrong, word))
                .min(Comparator.comparingInt(word -> distance(wrong, word)))
                .map(word -> "; did you mean " + word + "?")
                .orElse("");
    }

    /** Whether a valid word begins as the wrong one, or an option ends so: {@code --tokens} of {@code --max-tokens}. */
    private static boolean isPart(String wrong, String word) {
        return wrong.length() >= SHORTEST_PART
                && (word.startsWith(wrong) || (wrong.startsWith("--") && word.endsWith(wrong.substring(1))));
    }

    /** Letters to insert, delete or replace (Levenshtein, 1966). */
    static int distance(String from, String to) {
        var row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            var diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                var replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
