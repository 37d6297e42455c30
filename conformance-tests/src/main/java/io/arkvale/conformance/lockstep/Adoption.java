package io.arkvale.conformance.lockstep;

import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.Scope;
import io.arkvale.api.SequenceSpec;
import io.arkvale.conformance.oracle.Bounded;
import io.arkvale.conformance.oracle.OracleTable;
import io.arkvale.conformance.oracle.Ranking;
import java.util.BitSet;

/**
 * Judges the pages that a backend chose where the oracle knows the scores only within a bound, and takes them over: a
 * page may be chosen instead of another if its score is no more than both bounds below.
 *
 * @param spec settings of the sequence
 * @param budget pages that the head group may keep
 * @param ranked pages that it chooses by rank
 * @param pages pages of the table
 * @param scores scores of its filled pages; bounds of zero demand the exact choice, ties included
 * @param findings where the use of the allowance is noted; not noted if null
 */
record Adoption(
        SequenceSpec spec,
        int budget,
        int ranked,
        int pages,
        Bounded scores,
        Findings findings,
        boolean withoutTies,
        String where) {

    static Adoption of(
            OracleTable table, int group, Bounded scores, Findings findings, boolean withoutTies, String where) {
        return new Adoption(
                table.sequence(),
                table.budget(group),
                table.ranked(group),
                table.pages(),
                scores,
                findings,
                withoutTies,
                where);
    }

    /** Checks a selection (rules 501 and 502). */
    void select(BitSet chosen) {
        var exact = Ranking.select(spec, budget, ranked, pages, scores.exact());
        var nearTie = !chosen.equals(exact);
        if (nearTie) {
            var pinned = Ranking.pinned(spec, pages);
            require(
                    501,
                    contains(chosen, pinned) && chosen.cardinality() == exact.cardinality(),
                    "%s: selected %s, must be %s of %d pages: sink, window and the %d best others",
                    where,
                    chosen,
                    exact,
                    pages,
                    ranked);
            var others = new BitSet();
            others.set(0, scores.exact().length);
            others.andNot(chosen);
            var best = (BitSet) chosen.clone();
            best.andNot(pinned);
            requireOrder(502, best, others, "selected " + chosen + ", must be " + exact);
        }
        if (withoutTies) {
            findings.decided(nearTie);
        }
    }

    /**
     * Checks who was evicted (rule 504, or 606 after prefill).
     *
     * @param before resident before select or {@code finishPrefill}
     * @param kept sink, window and selected pages
     */
    void evict(int rule, BitSet before, BitSet kept, BitSet victims, int count) {
        for (var page : victims.stream().toArray()) {
            require(
                    rule,
                    !kept.get(page) && page < scores.exact().length,
                    "%s: evicted %s, but page %d must stay: it is %s%s; must stay: " + kept,
                    where,
                    victims,
                    page,
                    Ranking.role(spec, pages, page),
                    page < scores.exact().length ? "" : ", and not full");
        }
        require(
                rule,
                victims.cardinality() == count,
                "%s: evicted %s, must be %d of the resident %s",
                where,
                victims,
                count,
                before);
        var exact = Ranking.victims(before, kept, scores.exact(), count);
        var nearTie = !victims.equals(exact);
        if (nearTie) {
            var stayed = (BitSet) before.clone();
            stayed.andNot(kept);
            stayed.andNot(victims);
            requireOrder(rule, stayed, victims, "evicted " + victims + ", must be " + exact);
        }
        if (withoutTies) {
            findings.decided(nearTie);
        }
    }

    /**
     * The selection of a fused decode, which shows itself only by what was recalled when the scope is the resident
     * pages: the recalled ones and the best of those that stayed.
     */
    BitSet selection(BitSet attended, BitSet before, BitSet after) {
        if (spec.scope() == Scope.ATTENDED) {
            return attended;
        }
        var selected = Ranking.pinned(spec, pages);
        var recalled = (BitSet) after.clone();
        recalled.andNot(before);
        var open = ranked;
        for (var page = 0; page < scores.exact().length; page++) {
            if (recalled.get(page) && !selected.get(page)) {
                selected.set(page);
                open--;
            }
        }
        require(502, open >= 0, "%s: recalled %s, more than the %d ranked pages", where, recalled, ranked);
        var rest = (BitSet) after.clone();
        rest.andNot(selected);
        rest.clear(scores.exact().length, pages);
        var best = rest.stream()
                .boxed()
                .sorted((a, b) -> Ranking.compare(scores.exact(), a, b))
                .limit(open)
                .toList();
        best.forEach(selected::set);
        return selected;
    }

    /** Every page of {@code above} may rank before every page of {@code below}. */
    private void requireOrder(int rule, BitSet above, BitSet below, String what) {
        for (var high : above.stream().toArray()) {
            for (var low : below.stream().toArray()) {
                var allowance = scores.bound()[high] + scores.bound()[low];
                var right = allowance == 0
                        ? Ranking.compare(scores.exact(), high, low) < 0
                        : scores.exact()[high] >= scores.exact()[low] - allowance;
                require(
                        rule,
                        right,
                        "%s: %s: page %d scores %s, page %d %s, allowance %.3g",
                        where,
                        what,
                        high,
                        scores.exact()[high],
                        low,
                        scores.exact()[low],
                        allowance);
            }
        }
    }

    static boolean contains(BitSet all, BitSet some) {
        var missing = (BitSet) some.clone();
        missing.andNot(all);
        return missing.isEmpty();
    }
}
