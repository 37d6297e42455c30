package io.arkvale.experiments.observe;

import java.util.Comparator;
import java.util.stream.IntStream;

/** Pages in the order in which the selection takes them. */
final class Ranking {
    private Ranking() {}

    /** Indices by score, the highest first; ties to the lower index. */
    static int[] descending(double[] scores) {
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer page) -> -scores[page]))
                .mapToInt(page -> page)
                .toArray();
    }
}
