package io.arkvale.conformance.lockstep;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** What a run measured beside passing: the worst error against its bound, and how often a near tie was allowed. */
public final class Findings {
    private final Map<Integer, Double> worst = new TreeMap<>();
    private long decisions;
    private long nearTies;
    private long actions;
    private long cases;

    /** Checks an error against its bound and remembers the worst. */
    public void within(int rule, double actual, double exact, double bound, Supplier<String> what) {
        within(rule, actual, exact, bound, what, () -> "");
    }

    /** The same; a failure ends with a hint. */
    void within(int rule, double actual, double exact, double bound, Supplier<String> what, Supplier<String> hint) {
        var error = Math.abs(actual - exact);
        // Written so that a NaN fails.
        if (!(error <= bound)) {
            throw new RuleViolation(
                    rule,
                    "%s is %s, must be %s: %s%s"
                            .formatted(
                                    what.get(),
                                    actual,
                                    exact,
                                    bound == 0 ? "exactly" : "wrong by %.3g, allowed %.3g".formatted(error, bound),
                                    hint.get()));
        }
        if (error > 0) {
            worst.merge(rule, error / bound, Math::max);
        }
    }

    /** Notes a choice of pages on data without ties, and whether it took the allowance for near ties. */
    void decided(boolean nearTie) {
        decisions++;
        if (nearTie) {
            nearTies++;
        }
    }

    /** Notes one call or action. */
    public void acted() {
        actions++;
    }

    /** Notes one case tried. */
    public void tried() {
        cases++;
    }

    /** Adds what another run found. */
    public synchronized void add(Findings other) {
        other.worst.forEach((rule, error) -> worst.merge(rule, error, Math::max));
        decisions += other.decisions;
        nearTies += other.nearTies;
        actions += other.actions;
        cases += other.cases;
    }

    /** Worst error seen, as a share of its bound, by rule. */
    public Map<Integer, Double> worst() {
        return worst;
    }

    /** Choices of pages on data without ties. */
    public long decisions() {
        return decisions;
    }

    /** Those among them that differ from the oracle's within twice the bound. */
    public long nearTies() {
        return nearTies;
    }

    /** Cases tried. */
    public long cases() {
        return cases;
    }

    /** Actions done. */
    public long actions() {
        return actions;
    }
}
