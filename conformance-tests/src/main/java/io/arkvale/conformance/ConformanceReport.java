package io.arkvale.conformance;

import io.arkvale.conformance.RuleResult.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Result of a run of the kit.
 *
 * @param backend id of the backend
 * @param device the device in words
 * @param backendOptions options it was created with
 * @param seed seed of the run
 * @param results one entry a test, in order of rules
 * @param worstErrors worst error seen over all tests, as a share of its bound, by rule
 * @param actions stateful actions done
 * @param choices choices of pages on data without ties, where the oracle knows the scores within bounds
 * @param nearTies those among them that took the allowance for near ties
 */
public record ConformanceReport(
        String backend,
        String device,
        Map<String, String> backendOptions,
        long seed,
        List<RuleResult> results,
        Map<Integer, Double> worstErrors,
        long actions,
        long choices,
        long nearTies) {

    /** Copies the collections. */
    public ConformanceReport {
        backendOptions = Map.copyOf(backendOptions);
        results = List.copyOf(results);
        worstErrors = Map.copyOf(worstErrors);
    }

    /** Whether no test failed. */
    public boolean passed() {
        return results.stream().noneMatch(result -> result.outcome() == Outcome.FAILED);
    }

    /**
     * Failures by the rule that was seen broken, the likeliest cause first. One mistake makes most tests fail, each at the
     * first rule that it meets broken: the rule that most tests meet is the one to mend first, and of two the one that
     * comes earlier in a step.
     */
    public List<Cause> causes() {
        var byRule = new TreeMap<Integer, List<RuleResult>>();
        for (var result : results) {
            if (result.outcome() == Outcome.FAILED) {
                var rule = result.violatedRule() == null ? result.rule() : result.violatedRule();
                byRule.computeIfAbsent(rule, missing -> new ArrayList<>()).add(result);
            }
        }
        var causes = new ArrayList<Cause>();
        byRule.forEach((rule, failures) -> {
            // A rule's own test says best what to look at; of the others the shortest message is the smallest case.
            failures.sort(Comparator.comparing((RuleResult result) -> result.rule() != rule)
                    .thenComparingInt(result -> result.detail().length()));
            causes.add(new Cause(rule, failures));
        });
        causes.sort(Comparator.comparingInt((Cause cause) -> -cause.failures().size()));
        return causes;
    }

    /** What is broken in words, the likeliest cause first; empty if nothing is. */
    public String explanation() {
        var causes = causes();
        if (causes.isEmpty()) {
            return "";
        }
        var failed = causes.stream().mapToInt(cause -> cause.failures().size()).sum();
        var text = new StringBuilder(failed + " of " + results.size() + " tests failed; "
                + (causes.size() == 1 ? "all at one rule" : "the likeliest cause first") + ".");
        causes.forEach(cause -> text.append("\n\n").append(cause.describe()));
        return text.toString();
    }

    /** Rules that were seen broken. */
    public SortedSet<Integer> violatedRules() {
        var violated = new TreeSet<Integer>();
        for (var result : results) {
            if (result.violatedRule() != null) {
                violated.add(result.violatedRule());
            }
        }
        return violated;
    }
}
