package io.arkvale.conformance;

import java.util.List;

/**
 * A rule that was seen broken, and by which tests.
 *
 * @param rule the rule
 * @param failures results of the tests that saw it broken, the one of the rule's own name first
 */
public record Cause(int rule, List<RuleResult> failures) {
    /** Copies the list. */
    public Cause {
        failures = List.copyOf(failures);
    }

    /** The rule, how many tests saw it broken, what the first of them found, and the names of the others. */
    String describe() {
        var first = failures.getFirst();
        var text = new StringBuilder(first.detail()).append("\n  seen by ").append(first.test());
        if (failures.size() > 1) {
            text.append(" and ").append(failures.size() - 1).append(" more:");
            failures.stream().skip(1).forEach(other -> text.append(' ').append(other.test()));
        }
        return text.toString();
    }
}
