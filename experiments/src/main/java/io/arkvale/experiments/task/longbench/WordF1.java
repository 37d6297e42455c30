package io.arkvale.experiments.task.longbench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** F1 of the words that two texts have in common, each counted as often as both have it; LongBench's {@code qa_f1_score}. */
final class WordF1 implements Measure {
    private static final Pattern PUNCTUATION = Pattern.compile("\\p{Punct}");
    /** Python's word boundary: letters, numbers of any kind and the underscore are inside words. */
    private static final Pattern ARTICLE = Pattern.compile("(?<![\\p{L}\\p{N}_])(?:a|an|the)(?![\\p{L}\\p{N}_])");

    @Override
    public double score(String said, String answer, List<String> classes) {
        var saidWords = plain(said);
        var answerWords = plain(answer);
        var left = new ArrayList<>(answerWords);
        var common = saidWords.stream().filter(left::remove).count();
        return common == 0 ? 0 : 2.0 * common / (saidWords.size() + answerWords.size());
    }

    /** Words in lower case, without ASCII punctuation and articles. */
    static List<String> plain(String text) {
        var letters = PUNCTUATION.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("");
        return PythonText.words(ARTICLE.matcher(letters).replaceAll(" "));
    }
}
