package io.arkvale.experiments.engine.group;

import java.util.HashMap;
import java.util.stream.IntStream;

/**
 * Which runs are the same in a dense layer: those that have been fed the same tokens, since the layers below a dense one
 * are dense too. What they compute there has the same bits, so that once is enough.
 */
final class SameHistories {
    private record Next(int history, int token) {}

    /** {@code [runs]}: the first run that was fed the same tokens. */
    private int[] history;

    SameHistories(int runs) {
        history = new int[runs];
    }

    /** Takes the tokens of a step, one per run. */
    void take(int[] tokens) {
        var first = new HashMap<Next, Integer>();
        var next = new int[history.length];
        for (int run = 0; run < next.length; run++) {
            var number = run;
            next[run] = first.computeIfAbsent(new Next(history[run], tokens[run]), key -> number);
        }
        history = next;
    }

    /** For each of some runs the first one of them that is the same, by place among them. */
    int[] among(int[] some) {
        var first = new HashMap<Integer, Integer>();
        return IntStream.range(0, some.length)
                .map(place -> first.computeIfAbsent(history[some[place]], key -> place))
                .toArray();
    }
}
