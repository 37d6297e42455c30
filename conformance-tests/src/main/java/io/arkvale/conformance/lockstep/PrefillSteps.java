package io.arkvale.conformance.lockstep;

import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.conformance.cases.DataKind;
import io.arkvale.conformance.cases.Inputs.What;
import io.arkvale.conformance.oracle.OracleAttention;
import io.arkvale.conformance.oracle.OracleScores;
import io.arkvale.conformance.oracle.Ranking;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/** Prefill and ingest of a step's layers, each chunk compared with the oracle. */
public final class PrefillSteps {
    private final Lockstep lockstep;
    private final LockedStep locked;

    PrefillSteps(Lockstep lockstep, LockedStep locked) {
        this.lockstep = lockstep;
        this.locked = locked;
    }

    /**
     * A whole layer: chunks of at most {@code chunk} tokens per member, then {@code finishPrefill}.
     *
     * @param attending prefill if true, else ingest
     */
    public void layer(int layer, boolean attending, int chunk) {
        var left = locked.tokens();
        while (Arrays.stream(left).sum() > 0) {
            var now = new int[left.length];
            for (var i = 0; i < left.length; i++) {
                now[i] = Math.min(left[i], chunk);
                left[i] -= now[i];
            }
            chunk(layer, attending, now);
        }
        finish(layer);
    }

    /** One chunk. */
    public void chunk(int layer, boolean attending, int... tokens) {
        var keys = new ArrayList<float[]>();
        var values = new ArrayList<float[]>();
        var queries = new ArrayList<float[]>();
        for (var i = 0; i < tokens.length; i++) {
            var pair = locked.members().get(i);
            var first = pair.model().table(layer).tokens();
            for (var token = first; token < first + tokens[i]; token++) {
                keys.add(locked.row(What.KEY, pair, token, layer));
                values.add(locked.row(What.VALUE, pair, token, layer));
                queries.add(locked.row(What.QUERY, pair, token, layer));
            }
        }
        var staging = lockstep.staging();
        var output = attending ? staging.outputs(queries.size()) : null;
        if (output == null) {
            lockstep.run(
                    turnRule(607),
                    "ingest",
                    () -> locked.step().ingest(layer, tokens, staging.keys(keys), staging.values(values)));
        } else {
            lockstep.run(
                    turnRule(604),
                    "prefill",
                    () -> locked.step()
                            .prefill(
                                    layer,
                                    tokens,
                                    staging.queries(queries),
                                    staging.keys(keys),
                                    staging.values(values),
                                    output));
        }
        store(layer, tokens, keys, values);
        locked.verify(layer, 605);
        locked.called(attending ? "prefill" : "ingest", layer);
        if (output != null) {
            verifyOutputs(layer, tokens, queries, staging.readOutputs(queries.size()));
        }
    }

    /** Rule broken by a refusal: 608 if it is a turn after decode. */
    private int turnRule(int first) {
        return locked.members().stream().anyMatch(Pair::decoded) ? 608 : first;
    }

    private void store(int layer, int[] tokens, List<float[]> keys, List<float[]> values) {
        var row = 0;
        for (var i = 0; i < tokens.length; i++) {
            var end = row + tokens[i];
            lockstep.storedRows()
                    .append(locked.members().get(i), layer, keys.subList(row, end), values.subList(row, end));
            row = end;
        }
    }

    private void verifyOutputs(int layer, int[] tokens, List<float[]> queries, List<float[]> outputs) {
        var row = 0;
        var rows = new ArrayList<OutputCheck.Row>();
        for (var i = 0; i < tokens.length; i++) {
            var pair = locked.members().get(i);
            var table = pair.model().table(layer);
            var all = new BitSet[lockstep.spec().headGroups()];
            Arrays.fill(all, table.allPages());
            for (var token = 0; token < tokens[i]; token++, row++) {
                var visible = table.tokens() - tokens[i] + token + 1;
                var exact = OracleAttention.attend(lockstep.spec(), table, queries.get(row), all, visible);
                var rule = table.windowed() ? 612 : lockstep.inputs().kind() == DataKind.HUGE ? 603 : 604;
                if (pair.corrupted()) {
                    continue;
                }
                var query = queries.get(row);
                rows.add(new OutputCheck.Row(
                        rule,
                        pair,
                        layer,
                        visible - 1,
                        "token " + (visible - 1) + " of member " + i + " of " + tokens.length + " (row " + row + ")",
                        outputs.get(row),
                        exact,
                        () -> Map.of(
                                "attention to all tokens of the chunk, later ones included",
                                OracleAttention.attend(lockstep.spec(), table, query, all, table.tokens()))));
            }
        }
        lockstep.verifyOutputs(layer, rows);
    }

    /** {@code finishPrefill}: evicts down to the budget. */
    public void finish(int layer) {
        var queries = locked.lastRows(What.QUERY, layer);
        lockstep.run(
                606,
                "finishPrefill",
                () -> locked.step().finishPrefill(layer, lockstep.staging().queries(queries)));
        for (var i = 0; i < locked.members().size(); i++) {
            evict(i, layer, queries.get(i));
        }
        locked.verify(layer, 606);
        locked.called("finishPrefill", layer);
        locked.layerDone(layer);
    }

    /** Checks what the end of a member's prompt has evicted, and moves the model's residence. */
    void evict(int member, int layer, float[] query) {
        var pair = locked.members().get(member);
        var table = pair.model().table(layer);
        if (!table.overBudget() || pair.corrupted()) {
            return;
        }
        locked.counts(member).scored((long) table.filled() * lockstep.spec().headGroups());
        for (var group = 0; group < lockstep.spec().headGroups(); group++) {
            evict(member, layer, group, query);
        }
    }

    private void evict(int member, int layer, int group, float[] query) {
        var pair = locked.members().get(member);
        var table = pair.model().table(layer);
        var before = (BitSet) table.resident(group).clone();
        var after = lockstep.tables().resident(pair, layer, group);
        var where = "finishPrefill of member " + member + " layer " + layer + " group " + group;
        require(606, Adoption.contains(before, after), "%s: resident %s before, %s after", where, before, after);
        var victims = (BitSet) before.clone();
        victims.andNot(after);
        var scores = OracleScores.of(lockstep.spec(), table, group, query, table.filled());
        var count = Math.max(0, before.cardinality() - table.budget(group));
        var withoutTies = DecodeChoices.withoutTies(lockstep.inputs().kind(), table.sequence());
        Adoption.of(table, group, scores, lockstep.findings(), withoutTies, where)
                .evict(606, before, Ranking.pinned(table.sequence(), table.pages()), victims, count);
        table.resident(group).clear();
        table.resident(group).or(after);
        locked.counts(member).evicted(victims.cardinality());
    }
}
