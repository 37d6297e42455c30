package io.arkvale.experiments.task;

import java.util.List;
import java.util.Locale;

/** A way of comparing what a model says with what is known. Benchmarks that have measures of their own bring them. */
@FunctionalInterface
public interface Scoring {
    /** 1 for the first reference letter by letter, else 0. */
    Scoring EXACT = (said, references) -> said.equals(references.getFirst()) ? 1 : 0;

    /** The share of the references that occur, ignoring case: RULER's measure (Hsieh et al., 2024, section 3). */
    Scoring SHARE_FOUND = (said, references) -> {
        var text = said.toLowerCase(Locale.ROOT);
        var found = references.stream()
                .filter(reference -> text.contains(reference.toLowerCase(Locale.ROOT)))
                .count();
        return found / (double) references.size();
    };

    /**
     * The score, from 0 to 1.
     *
     * @param references at least one
     */
    double score(String said, List<String> references);
}
