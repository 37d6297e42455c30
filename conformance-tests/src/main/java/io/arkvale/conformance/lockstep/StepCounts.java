package io.arkvale.conformance.lockstep;

import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.StepReport.SequenceCounts;

/** Counts one member's pages over a step, as if it ran alone (rule 507). */
final class StepCounts {
    private long recalled;
    private long evicted;
    private long attended;
    private long scored;

    void recalled(long pages) {
        recalled += pages;
    }

    void evicted(long pages) {
        evicted += pages;
    }

    void attended(long pages) {
        attended += pages;
    }

    void scored(long pages) {
        scored += pages;
    }

    /**
     * Compares what a step reported.
     *
     * @param rule the rule broken by a wrong count
     * @param member the member in words
     */
    void verify(int rule, SequenceCounts reported, String member) {
        var counted = new SequenceCounts(recalled, evicted, attended, scored);
        require(405, scored > 0 || reported.scoredPages() == 0, "%s scored where nothing may be: %s", member, reported);
        require(rule, reported.equals(counted), "of %s the step reported %s, must be %s", member, reported, counted);
    }
}
