package io.arkvale.conformance.lockstep;

import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.GroupScore;
import io.arkvale.api.Scope;
import io.arkvale.api.SequenceSpec;
import io.arkvale.conformance.cases.DataKind;
import io.arkvale.conformance.oracle.Bounded;
import io.arkvale.conformance.oracle.OracleScores;
import io.arkvale.conformance.oracle.OracleTable;
import io.arkvale.conformance.oracle.Ranking;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;

/** The pages that a decode chooses in one layer for each member, judged and taken over by the model. */
final class DecodeChoices {
    private final Lockstep lockstep;
    private final LockedStep locked;
    private final int layer;
    private final Decision[][] decisions;

    DecodeChoices(Lockstep lockstep, LockedStep locked, int layer) {
        this.lockstep = lockstep;
        this.locked = locked;
        this.layer = layer;
        decisions = new Decision[locked.members().size()][lockstep.spec().headGroups()];
    }

    /**
     * Judges the selection of a select that has not been followed by recall.
     *
     * @param known exact scores of the filled pages
     */
    void selected(int member, int group, Bounded known) {
        var table = table(member);
        var selected = lockstep.tables().attended(pair(member), layer, group);
        var before = (BitSet) table.resident(group).clone();
        if (pair(member).corrupted()) {
            decisions[member][group] = new Decision(before, known, before);
            return;
        }
        if (table.overBudget(group)) {
            adoption(table, group, known, where(member, group), false).select(selected);
        } else {
            requireAll(member, selected, where(member, group));
        }
        decisions[member][group] = new Decision(before, known, selected);
    }

    /** Judges what recall has done to every member. */
    void recalled() {
        for (var member = 0; member < decisions.length; member++) {
            for (var group = 0; group < lockstep.spec().headGroups(); group++) {
                verifyRecall(member, group, decisions[member][group], false);
            }
            verifyTable(member);
        }
    }

    /**
     * Takes over selection and residence where the oracle knows the scores within bounds only.
     *
     * @param query the query that selects
     * @param scored filled pages that are scored
     */
    void adopt(int member, float[] query, int scored) {
        var table = table(member);
        for (var group = 0; group < lockstep.spec().headGroups(); group++) {
            var before = (BitSet) table.resident(group).clone();
            var attended = lockstep.tables().attended(pair(member), layer, group);
            if (!table.overBudget(group)) {
                requireAll(member, attended, where(member, group));
                decisions[member][group] = new Decision(before, Bounded.zeros(0), attended);
                continue;
            }
            var exact = OracleScores.of(lockstep.spec(), table, group, query, scored);
            var after = lockstep.tables().resident(pair(member), layer, group);
            var adoption = adoption(table, group, exact, where(member, group), true);
            var selected = adoption.selection(attended, before, after);
            adoption.select(selected);
            decisions[member][group] = new Decision(before, exact, selected);
            verifyRecall(member, group, decisions[member][group], true);
        }
        if (table.overBudget()) {
            locked.counts(member).scored((long) scored * lockstep.spec().headGroups());
        }
    }

    /** Compares a member's whole table after recall. */
    void verifyTable(int member) {
        if (!pair(member).corrupted()) {
            var recalled =
                    Arrays.stream(decisions[member]).map(Decision::recalled).toArray(BitSet[]::new);
            lockstep.tables().verify(pair(member), layer, 505, recalled);
        }
    }

    /** The pages that a member must attend to, one set per head group, which must be those that the view shows; counts them. */
    BitSet[] attended(int member) {
        var table = table(member);
        var attended = new BitSet[lockstep.spec().headGroups()];
        for (var group = 0; group < attended.length; group++) {
            attended[group] = !table.overBudget(group)
                    ? table.reached(locked.tokens()[member])
                    : table.sequence().scope() == Scope.RESIDENT
                            ? table.resident(group)
                            : decisions[member][group].selected();
            var shown = lockstep.tables().attended(pair(member), layer, group);
            require(
                    table.windowed() ? 612 : 601,
                    shown.equals(attended[group]),
                    "%s: attended %s, must be %s",
                    where(member, group),
                    shown,
                    attended[group]);
            if (table.limited()) {
                locked.counts(member).attended(attended[group].cardinality());
            }
        }
        return attended;
    }

    /** Checks residence after recall and moves the model's. */
    private void verifyRecall(int member, int group, Decision decision, boolean nearTies) {
        var table = table(member);
        if (!table.overBudget(group) || pair(member).corrupted()) {
            return;
        }
        var where = where(member, group);
        var spec = table.sequence();
        var after = lockstep.tables().resident(pair(member), layer, group);
        for (var page : decision.selected().stream().toArray()) {
            require(
                    505,
                    after.get(page),
                    "%s: page %d is selected and not resident after recall; it is %s; selected are %s, resident %s",
                    where,
                    page,
                    Ranking.role(spec, table.pages(), page),
                    decision.selected(),
                    after);
        }
        require(
                505,
                after.cardinality() <= table.budget(group),
                "%s: resident %s after recall; must hold the selected %s and be at most %d",
                where,
                after,
                decision.selected(),
                table.budget(group));
        var came = (BitSet) after.clone();
        came.andNot(decision.before());
        require(505, came.equals(decision.recalled()), "%s: recalled %s, must be %s", where, came, decision.recalled());
        var victims = (BitSet) decision.before().clone();
        victims.andNot(after);
        var kept = Ranking.pinned(spec, table.pages());
        kept.or(decision.selected());
        adoption(table, group, decision.scores(), where, nearTies)
                .evict(504, decision.before(), kept, victims, decision.victims(table.budget(group)));
        table.resident(group).clear();
        table.resident(group).or(after);
        locked.recalled(member, layer, group, came);
        locked.counts(member).evicted(victims.cardinality());
    }

    private Adoption adoption(OracleTable table, int group, Bounded known, String where, boolean nearTies) {
        return Adoption.of(
                table,
                group,
                known,
                lockstep.findings(),
                nearTies && withoutTies(lockstep.inputs().kind(), table.sequence()),
                where);
    }

    /** Softmax of far-apart scores makes ties of zeros. */
    static boolean withoutTies(DataKind kind, SequenceSpec spec) {
        return kind.withoutTies() && spec.groupScore() != GroupScore.MEAN_SOFTMAX;
    }

    private void requireAll(int member, BitSet chosen, String where) {
        var table = table(member);
        var all = table.reached(locked.tokens()[member]);
        require(
                table.windowed() ? 612 : 501,
                chosen.equals(all),
                "%s: %s, but chose %s of %s",
                where,
                table.windowed() ? "the layer has a window" : "within the budget",
                chosen,
                all);
    }

    private Pair pair(int member) {
        return Objects.requireNonNull(locked.members().get(member));
    }

    private OracleTable table(int member) {
        return pair(member).model().table(layer);
    }

    private String where(int member, int group) {
        return "member " + member + " layer " + layer + " group " + group;
    }
}
