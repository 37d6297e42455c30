package io.arkvale.conformance.lockstep;

import io.arkvale.conformance.oracle.Bounded;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Compares the outputs of a call, row by row; of a row that is wrong it says what it is instead, if that can be seen. */
final class OutputCheck {
    /** One row of an output. */
    static final class Row {
        private final int rule;
        private final Pair pair;
        private final int layer;
        private final int token;
        private final String what;
        private final float[] output;
        private final Bounded exact;
        private final Supplier<Map<String, Bounded>> mistakes;

        /**
         * Creates it.
         *
         * @param rule rule that is broken if it is wrong
         * @param pair the sequence it belongs to
         * @param layer the layer
         * @param token place of its token in the sequence
         * @param what member and token in words
         * @param output what was found, {@code [queryHeads · headDim]}
         * @param exact what must be found
         * @param mistakes what common mistakes would give, in words; asked for only if the row is wrong
         */
        Row(
                int rule,
                Pair pair,
                int layer,
                int token,
                String what,
                float[] output,
                Bounded exact,
                Supplier<Map<String, Bounded>> mistakes) {
            this.rule = rule;
            this.pair = pair;
            this.layer = layer;
            this.token = token;
            this.what = what;
            this.output = output;
            this.exact = exact;
            this.mistakes = mistakes;
        }

        /** Keeps the output with its sequence. */
        void record() {
            pair.outputs().put(new Pair.Place(layer, token), output);
        }
    }

    private final Findings findings;
    private final int headDim;

    OutputCheck(Findings findings, int headDim) {
        this.findings = findings;
        this.headDim = headDim;
    }

    void verify(int layer, List<Row> rows) {
        for (var row : rows) {
            if (row.pair.corrupted()) {
                continue;
            }
            for (var i = 0; i < row.output.length; i++) {
                var element = i;
                findings.within(
                        row.rule,
                        row.output[i],
                        row.exact.exact()[i],
                        row.exact.bound()[i],
                        () -> "the output of " + row.what + ", layer " + layer + ", query head " + element / headDim
                                + ", element " + element % headDim,
                        () -> instead(row, rows, element / headDim));
            }
        }
    }

    /** What a wrong row is instead. */
    private String instead(Row row, List<Row> rows, int head) {
        if (all(row.output, Staging.UNTOUCHED)) {
            return "\n  the row was not written";
        }
        if (all(row.output, 0)) {
            return "\n  the whole row is zero";
        }
        for (var other : rows) {
            if (other != row && other.exact.contains(row.output)) {
                return "\n  the row is what " + other.what + " must get: check which row goes where";
            }
        }
        for (var other = 0; other < row.output.length / headDim; other++) {
            if (other != head && row.exact.contains(row.output, head * headDim, other * headDim, headDim)) {
                return "\n  query head " + head + " is what query head " + other + " must be";
            }
        }
        for (var mistake : row.mistakes.get().entrySet()) {
            if (mistake.getValue().contains(row.output)) {
                return "\n  the row is " + mistake.getKey();
            }
        }
        return "";
    }

    private static boolean all(float[] numbers, float wanted) {
        for (var number : numbers) {
            if (number != wanted) {
                return false;
            }
        }
        return true;
    }
}
