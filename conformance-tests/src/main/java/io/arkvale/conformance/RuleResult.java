package io.arkvale.conformance;

import org.jspecify.annotations.Nullable;

/**
 * Result of one test.
 *
 * @param rule the rule its name carries
 * @param test name of the test
 * @param outcome passed, failed or skipped
 * @param violatedRule the rule that was seen broken, which may be another than the one tested; null unless failed
 * @param detail why it failed, with the shrunk case and the seed, or why it was skipped; empty if passed
 * @param tries cases tried
 * @param worstError worst error seen, as a share of its bound, for this rule; 0 if nothing was measured
 * @param seconds time it took
 */
public record RuleResult(
        int rule,
        String test,
        Outcome outcome,
        @Nullable Integer violatedRule,
        String detail,
        long tries,
        double worstError,
        double seconds) {
    /** How a test ended. */
    public enum Outcome {
        /** No violation found. */
        PASSED,
        /** A rule is broken. */
        FAILED,
        /** Not checked, for the reason in the detail. */
        SKIPPED
    }
}
