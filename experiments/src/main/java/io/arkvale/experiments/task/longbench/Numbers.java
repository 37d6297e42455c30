package io.arkvale.experiments.task.longbench;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The share of the numbers said that are the right one; LongBench's {@code retrieval_score} and {@code count_score}.
 *
 * @param answer finds the right number in an answer, as its first group
 */
record Numbers(Pattern answer) implements Measure {
    /** The answer is the number. */
    static final Numbers COUNT = new Numbers(Pattern.compile("(.*)", Pattern.DOTALL));

    /** The answer names a paragraph. */
    static final Numbers PARAGRAPH = new Numbers(Pattern.compile("Paragraph (\\p{Nd}+)"));

    /** The answer names a paragraph, in Chinese. */
    static final Numbers PARAGRAPH_IN_CHINESE = new Numbers(Pattern.compile("段落(\\p{Nd}+)"));

    private static final Pattern NUMBER = Pattern.compile("\\p{Nd}+");

    /** Whether an answer has the right number in it. */
    boolean isAnswer(String text) {
        return answer.matcher(text).find();
    }

    @Override
    public double score(String said, String right, List<String> classes) {
        var wanted = answer.matcher(right);
        var all = NUMBER.matcher(said).results().map(MatchResult::group).toList();
        if (all.isEmpty() || !wanted.find()) {
            return 0;
        }
        return all.stream().filter(wanted.group(1)::equals).count() / (double) all.size();
    }
}
