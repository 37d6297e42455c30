package io.arkvale.experiments.task.longbench;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * ROUGE-L of whole summaries (Lin, 2004, section 3.2), in the form of the Python package {@code rouge} 1.0.1 with
 * {@code exclusive=True}, which LongBench uses. Sentences end at ".". Words count once, however often they stand:
 * precision and recall are the distinct words of the longest common subsequences of all pairs of sentences, over the
 * distinct words of what was said and of the answer.
 *
 * <p>A blank sentence, as after ". " at the end, counts as one empty word, as there. Where several subsequences are
 * longest, the same one is taken as there. What is not the same: the package gives 0 where a pair of sentences is too long
 * for Python's stack, some thousand words together.
 */
final class RougeL implements Measure {
    private static final double SMALL = 1e-8;

    @Override
    public double score(String said, String answer, List<String> classes) {
        var saidSentences = sentences(said);
        var answerSentences = sentences(answer);
        if (saidSentences.isEmpty() || answerSentences.isEmpty()) {
            return 0;
        }
        var common = new HashSet<String>();
        for (var reference : answerSentences) {
            for (var candidate : saidSentences) {
                addCommon(reference, candidate, common);
            }
        }
        var precision = common.size() / (double) distinct(saidSentences);
        var recall = common.size() / (double) distinct(answerSentences);
        return 2 * (precision * recall / (precision + recall + SMALL));
    }

    /** The words of each sentence that is not empty. */
    private static List<List<String>> sentences(String text) {
        var sentences = new ArrayList<List<String>>();
        for (var part : text.split("\\.", -1)) {
            if (!part.isEmpty()) {
                var words = PythonText.words(part);
                sentences.add(words.isEmpty() ? List.of("") : words);
            }
        }
        return sentences;
    }

    private static int distinct(List<List<String>> sentences) {
        var words = new LinkedHashSet<String>();
        sentences.forEach(words::addAll);
        return words.size();
    }

    /** Adds the words of a longest common subsequence, found from the ends backwards. */
    private static void addCommon(List<String> reference, List<String> candidate, Set<String> common) {
        var lengths = new int[reference.size() + 1][candidate.size() + 1];
        for (int i = 1; i <= reference.size(); i++) {
            for (int j = 1; j <= candidate.size(); j++) {
                lengths[i][j] = reference.get(i - 1).equals(candidate.get(j - 1))
                        ? lengths[i - 1][j - 1] + 1
                        : Math.max(lengths[i - 1][j], lengths[i][j - 1]);
            }
        }
        int i = reference.size();
        int j = candidate.size();
        while (i > 0 && j > 0) {
            if (reference.get(i - 1).equals(candidate.get(j - 1))) {
                common.add(reference.get(i - 1));
                i--;
                j--;
            } else if (lengths[i - 1][j] > lengths[i][j - 1]) {
                i--;
            } else {
                j--;
            }
        }
    }
}
