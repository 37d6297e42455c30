package io.arkvale.experiments.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** How much two texts have in common, by LongBench's rules (Bai et al., 2024). */
final class WordOverlap {
    private static final Set<String> ARTICLES = Set.of("a", "an", "the");
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private WordOverlap() {}

    /** Words in lower case, without punctuation and articles. */
    static List<String> plain(String text) {
        return words(text.toLowerCase(Locale.ROOT).replaceAll("\\p{Punct}", "")).stream()
                .filter(word -> !ARTICLES.contains(word))
                .toList();
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.strip().split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** Harmonic mean of the shares of both that are words in common, each counted as often as both have it. */
    static double f1(List<String> said, List<String> reference) {
        var left = new ArrayList<>(reference);
        var common = said.stream().filter(left::remove).count();
        return common == 0 ? 0 : 2.0 * common / (said.size() + reference.size());
    }

    /** The same with the words of the longest common subsequence (Lin, 2004). */
    static double rougeL(String said, String reference) {
        var a = words(said);
        var b = words(reference);
        var lengths = new int[a.size() + 1][b.size() + 1];
        for (int i = 0; i < a.size(); i++) {
            for (int j = 0; j < b.size(); j++) {
                lengths[i + 1][j + 1] =
                        a.get(i).equals(b.get(j)) ? lengths[i][j] + 1 : Math.max(lengths[i][j + 1], lengths[i + 1][j]);
            }
        }
        var common = lengths[a.size()][b.size()];
        return common == 0 ? 0 : 2.0 * common / (a.size() + b.size());
    }

    /** The share of the numbers said that are the reference's first one. */
    static double numbers(String said, String reference) {
        var wanted = NUMBER.matcher(reference);
        var all = NUMBER.matcher(said).results().map(MatchResult::group).toList();
        if (all.isEmpty() || !wanted.find()) {
            return 0;
        }
        return all.stream().filter(wanted.group()::equals).count() / (double) all.size();
    }
}
