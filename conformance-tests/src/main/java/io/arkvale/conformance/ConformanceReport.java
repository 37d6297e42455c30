package io.arkvale.conformance;

import io.arkvale.conformance.RuleResult.Outcome;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
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
