package io.arkvale.experiments.bench;

import io.arkvale.api.StepReport.Part;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one kind of step took.
 *
 * @param measured the case
 * @param kind which kind of step
 * @param tokens tokens of each sequence before the step, or of the prompt
 * @param medianNanos a layer's share of a whole step, which goes from opening it to having its output on the host
 * @param recallsPerStep group pages recalled per sequence, layer and step, mean
 * @param parts mean nanoseconds per layer and step, by part, where the backend measures them apart
 * @param speedup how many times faster than full attention, medians of one run; null for prefill
 */
public record BenchResult(
        BenchCase measured,
        Kind kind,
        int tokens,
        double medianNanos,
        double recallsPerStep,
        Map<Part, Double> parts,
        @Nullable Double speedup) {

    /** The kinds of step that are compared. */
    public enum Kind {
        /** No budget: exact attention over everything. */
        FULL("full"),
        /** A budget and a query that stays the same, so that no page is recalled. */
        STILL("arkvale"),
        /** A budget and a query that turns so fast that about one page is recalled per step. */
        TURNING("arkvale, recalling"),
        /** A whole model's step without its attention. */
        PRODUCTS("without attention"),
        /** The prefill of one prompt with a budget, in one chunk. */
        PREFILL("prefill");

        /** Decode steps, which are compared with each other. */
        static final List<Kind> DECODE = List.of(FULL, STILL, TURNING);

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** The name in tables. */
        public String label() {
            return label;
        }
    }
}
