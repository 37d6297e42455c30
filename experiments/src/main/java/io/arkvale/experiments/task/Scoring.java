package io.arkvale.experiments.task;

import java.util.List;
import java.util.Locale;

/** Ways of comparing what a model says with what is known. All but {@link #EXACT} take the best of several references. */
public enum Scoring {
    /** 1 for the first reference letter by letter, else 0. */
    EXACT {
        @Override
        double score(String said, List<String> references) {
            return said.equals(references.getFirst()) ? 1 : 0;
        }
    },
    /** The share of the references that occur, ignoring case (RULER). */
    SHARE_FOUND {
        @Override
        double score(String said, List<String> references) {
            var text = said.toLowerCase(Locale.ROOT);
            var found = references.stream()
                    .filter(reference -> text.contains(reference.toLowerCase(Locale.ROOT)))
                    .count();
            return found / (double) references.size();
        }
    },
    /** F1 of the words in common, without case, punctuation and articles (LongBench's questions). */
    WORD_F1 {
        @Override
        double score(String said, List<String> references) {
            return best(references, reference -> WordOverlap.f1(WordOverlap.plain(said), WordOverlap.plain(reference)));
        }
    },
    /** F of the longest common subsequence of words, ROUGE-L (LongBench's summaries). */
    ROUGE_L {
        @Override
        double score(String said, List<String> references) {
            return best(references, reference -> WordOverlap.rougeL(said, reference));
        }
    },
    /** Share of the right one among all numbers said (LongBench's retrieval and counting). */
    NUMBERS {
        @Override
        double score(String said, List<String> references) {
            return best(references, reference -> WordOverlap.numbers(said, reference));
        }
    },
    /** 1 if the reference occurs in what was said, ignoring case and surrounding blanks, else 0. */
    CONTAINS {
        @Override
        double score(String said, List<String> references) {
            var text = said.toLowerCase(Locale.ROOT);
            return best(references, reference -> text.contains(reference.strip().toLowerCase(Locale.ROOT)) ? 1 : 0);
        }
    };

    private interface One {
        double score(String reference);
    }

    abstract double score(String said, List<String> references);

    private static double best(List<String> references, One one) {
        return references.stream().mapToDouble(one::score).max().orElse(0);
    }
}
