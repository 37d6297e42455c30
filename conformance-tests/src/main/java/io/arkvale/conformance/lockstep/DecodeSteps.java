package io.arkvale.conformance.lockstep;

import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.Tensor;
import io.arkvale.conformance.cases.DataKind;
import io.arkvale.conformance.cases.Inputs.What;
import io.arkvale.conformance.oracle.Bounded;
import io.arkvale.conformance.oracle.OracleAttention;
import io.arkvale.conformance.oracle.OracleScores;
import io.arkvale.conformance.oracle.OracleTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** The decode of a step's layers: the five steps one by one, or fused, each compared with the oracle. */
public final class DecodeSteps {
    private final Lockstep lockstep;
    private final LockedStep locked;
    private final Map<Integer, List<float[]>> guesses = new HashMap<>();
    private List<float[]> scores = List.of();
    private DecodeChoices choices;

    DecodeSteps(Lockstep lockstep, LockedStep locked) {
        this.lockstep = lockstep;
        this.locked = locked;
        choices = new DecodeChoices(lockstep, locked, 0);
    }

    /** All five steps, one after another, selecting by the estimated scores. */
    public void five(int layer) {
        append(layer);
        if (!guesses.containsKey(layer)) {
            estimate(layer);
            select(layer);
            recall(layer);
        }
        attend(layer);
    }

    /** Step (a). */
    public void append(int layer) {
        var staging = lockstep.staging();
        var keys = locked.lastRows(What.KEY, layer);
        var values = locked.lastRows(What.VALUE, layer);
        lockstep.run(301, "append", () -> locked.step().append(layer, staging.keys(keys), staging.values(values)));
        locked.called("append", layer);
        locked.append(layer, keys, values);
        if (!guesses.containsKey(layer)) {
            locked.verify(layer, 305);
        }
        choices = new DecodeChoices(lockstep, locked, layer);
    }

    /** Step (b): the scores must lie within their bounds; the model goes on with the backend's. */
    public void estimate(int layer) {
        var queries = locked.lastRows(What.QUERY, layer);
        var tensor = Lockstep.legal(
                401,
                "estimate",
                () -> locked.step().estimate(layer, lockstep.staging().queries(queries)));
        scores = Staging.read(tensor, checkOffsets(layer));
        locked.hold(new HeldScores(layer, tensor, scores));
        var row = 0;
        for (var i = 0; i < locked.members().size(); i++) {
            var table = table(i, layer);
            for (var group = 0; comparable(i, layer) && group < lockstep.spec().headGroups(); group++) {
                var exact = OracleScores.of(lockstep.spec(), table, group, queries.get(i), table.filled());
                verifyScores(layer, i, group, row, exact);
            }
            if (table.overBudget()) {
                row += table.filled();
                locked.counts(i).scored((long) table.filled() * lockstep.spec().headGroups());
            }
        }
    }

    private void verifyScores(int layer, int member, int group, int row, Bounded exact) {
        var rule = scoreRule(table(member, layer));
        for (var page = 0; page < exact.exact().length; page++) {
            var scored = page;
            lockstep.findings()
                    .within(
                            rule,
                            scores.get(row + page)[group],
                            exact.exact()[page],
                            exact.bound()[page],
                            () -> "score of page " + scored + " of " + where(member, layer, group));
        }
    }

    /** Step (c) with the estimated scores. */
    public void select(int layer) {
        lockstep.run(501, "select", () -> locked.step().select(layer));
        verifySelection(layer);
        locked.called("select", layer);
    }

    /** Step (c) with the caller's own scores, {@code [rows, headGroups]}. */
    public void select(int layer, List<float[]> own) {
        var staging = lockstep.staging();
        lockstep.run(503, "select", () -> locked.step().select(layer, staging.scores(own)));
        var estimated = scores;
        scores = own;
        try {
            verifySelection(layer);
        } catch (RuleViolation e) {
            scores = estimated;
            throw selectsBy(layer) ? new RuleViolation(503, "select ignored the caller's scores", e) : e;
        }
        locked.called("select with own scores", layer);
    }

    /** Whether every member's selection is what the present scores ask for. */
    private boolean selectsBy(int layer) {
        try {
            verifySelection(layer);
            return true;
        } catch (RuleViolation e) {
            return false;
        }
    }

    private void verifySelection(int layer) {
        var row = 0;
        for (var i = 0; i < locked.members().size(); i++) {
            var table = table(i, layer);
            for (var group = 0; group < lockstep.spec().headGroups(); group++) {
                choices.selected(i, group, knownScores(table, row, group));
            }
            row += table.overBudget() ? table.filled() : 0;
        }
    }

    /** Step (d). */
    public void recall(int layer) {
        lockstep.run(505, "recall", () -> locked.step().recall(layer));
        choices.recalled();
        locked.called("recall", layer);
    }

    /** Step (e). */
    public void attend(int layer) {
        var queries = locked.lastRows(What.QUERY, layer);
        var output = lockstep.staging().outputs(queries.size());
        lockstep.run(
                601,
                "attend",
                () -> locked.step().attend(layer, lockstep.staging().queries(queries), output));
        if (guesses.containsKey(layer)) {
            decide(layer);
        }
        verifyOutput(layer, queries, output);
        locked.called("attend", layer);
        locked.layerDone(layer);
    }

    /** All five steps in one call: pages chosen may differ from the oracle's only as near ties. */
    public void fused(int layer) {
        var queries = locked.lastRows(What.QUERY, layer);
        var keys = locked.lastRows(What.KEY, layer);
        var values = locked.lastRows(What.VALUE, layer);
        var staging = lockstep.staging();
        var output = staging.outputs(queries.size());
        lockstep.run(
                703,
                "decode",
                () -> locked.step()
                        .decode(layer, staging.queries(queries), staging.keys(keys), staging.values(values), output));
        locked.append(layer, keys, values);
        choices = new DecodeChoices(lockstep, locked, layer);
        decide(layer);
        verifyOutput(layer, queries, output);
        locked.called("decode", layer);
        locked.layerDone(layer);
    }

    /** Starts the recall of a later layer with guessed queries. */
    public void prefetch(int layer) {
        var guessed = locked.lastRows(What.GUESS, layer);
        lockstep.run(
                508,
                "prefetch",
                () -> locked.step().prefetch(layer, lockstep.staging().queries(guessed)));
        locked.called("prefetch", layer);
        guesses.put(layer, guessed);
    }

    /** Takes over the backend's selection and residence where the oracle knows the scores within bounds only. */
    private void decide(int layer) {
        try {
            adopt(layer);
        } catch (RuleViolation e) {
            throw guesses.containsKey(layer) ? new RuleViolation(508, "after prefetch: " + e.getMessage(), e) : e;
        }
    }

    private void adopt(int layer) {
        var queries = guesses.getOrDefault(layer, locked.lastRows(What.QUERY, layer));
        for (var i = 0; i < locked.members().size(); i++) {
            if (!locked.members().get(i).corrupted()) {
                // Digests of pages that this very call filled must be known before scores can be.
                locked.adoptNewDigests(i, layer);
                choices.adopt(i, queries.get(i), scoredPages(table(i, layer)));
            }
        }
        for (var i = 0; i < locked.members().size(); i++) {
            choices.verifyTable(i);
        }
    }

    /** Pages that fused decode scores: prefetch knows those that were full before the step. */
    private int scoredPages(OracleTable table) {
        var pageSize = lockstep.spec().pageSize();
        return guesses.containsKey(table.layer()) ? (table.tokens() - 1) / pageSize : table.filled();
    }

    private void verifyOutput(int layer, List<float[]> queries, Tensor output) {
        try {
            verifyRows(layer, queries);
        } catch (RuleViolation e) {
            throw changesLater(output, queries.size()) ? new RuleViolation(204, "the output came late", e) : e;
        }
    }

    /** Whether an output reads differently once every earlier call has taken effect. */
    private boolean changesLater(Tensor output, int rows) {
        var before = Staging.read(output, rows);
        lockstep.cache().synchronize();
        var after = Staging.read(output, rows);
        return IntStream.range(0, rows).anyMatch(row -> !Arrays.equals(before.get(row), after.get(row)));
    }

    private void verifyRows(int layer, List<float[]> queries) {
        var outputs = lockstep.staging().readOutputs(queries.size());
        var rows = new ArrayList<OutputCheck.Row>();
        for (var i = 0; i < outputs.size(); i++) {
            if (!locked.members().get(i).corrupted()) {
                rows.add(row(layer, i, queries.get(i), outputs.get(i)));
            }
        }
        lockstep.verifyOutputs(layer, rows);
    }

    private OutputCheck.Row row(int layer, int member, float[] query, float[] output) {
        var table = table(member, layer);
        var pair = locked.members().get(member);
        var attended = choices.attended(member);
        var spec = lockstep.spec();
        var rule = table.windowed()
                ? 612
                : lockstep.inputs().kind() == DataKind.HUGE ? 603 : table.overBudget() ? 601 : 602;
        return new OutputCheck.Row(
                rule,
                pair,
                layer,
                table.tokens() - 1,
                "member " + member + " of " + locked.members().size() + ", " + pair,
                output,
                OracleAttention.attend(spec, table, query, attended, table.tokens()),
                () -> {
                    var all = new BitSet[attended.length];
                    Arrays.fill(all, table.allPages());
                    var mistakes = new LinkedHashMap<String, Bounded>();
                    if (table.tokens() > 1) {
                        mistakes.put(
                                "attention without the newest token",
                                OracleAttention.attend(spec, table, query, attended, table.tokens() - 1));
                    }
                    mistakes.put(
                            "attention to all pages instead of those chosen",
                            OracleAttention.attend(spec, table, query, all, table.tokens()));
                    return mistakes;
                });
    }

    private int checkOffsets(int layer) {
        var offsets = Lockstep.legal(401, "scoreOffsets", () -> locked.step().scoreOffsets(layer));
        var expected = new int[locked.members().size() + 1];
        for (var i = 0; i < locked.members().size(); i++) {
            var table = table(i, layer);
            expected[i + 1] = expected[i] + (table.overBudget() ? table.filled() : 0);
        }
        var rule = expected[locked.members().size()] == 0 ? 405 : 401;
        require(
                rule,
                Arrays.equals(offsets, expected),
                "score offsets are %s, must be %s",
                Arrays.toString(offsets),
                Arrays.toString(expected));
        return expected[locked.members().size()];
    }

    private Bounded knownScores(OracleTable table, int row, int group) {
        if (!table.overBudget()) {
            return Bounded.zeros(0);
        }
        var known = Bounded.zeros(table.filled());
        for (var page = 0; page < table.filled(); page++) {
            known.exact()[page] = scores.get(row + page)[group];
        }
        return known;
    }

    /** The backend's scores of the last estimate, or the caller's own. */
    public List<float[]> scores() {
        return new ArrayList<>(scores);
    }

    private int scoreRule(OracleTable table) {
        return switch (table.sequence().groupScore()) {
            case MEAN, MAX -> lockstep.spec().queryHeadsPerGroup() == 1 ? 402 : 403;
            case MEAN_SOFTMAX -> 404;
        };
    }

    /** Whether a member is over its budget in the layer and its numbers mean anything. */
    private boolean comparable(int member, int layer) {
        return table(member, layer).overBudget()
                && !locked.members().get(member).corrupted();
    }

    private OracleTable table(int member, int layer) {
        return Objects.requireNonNull(locked.members().get(member)).model().table(layer);
    }

    private static String where(int member, int layer, int group) {
        return "member " + member + " layer " + layer + " group " + group;
    }
}
