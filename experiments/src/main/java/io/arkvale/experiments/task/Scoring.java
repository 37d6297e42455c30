package io.arkvale.experiments.task;

import java.util.List;
import java.util.Locale;

/** Ways of comparing what a model says with what is known. */
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
    };

    abstract double score(String said, List<String> references);
}
