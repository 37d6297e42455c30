package io.arkvale.conformance.lockstep;

import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.Batch.Role;
import io.arkvale.conformance.cases.Inputs.What;
import io.arkvale.conformance.oracle.Bounded;
import io.arkvale.conformance.oracle.OracleAttention;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The layers of a step whose members have roles: one call each, and every member compared with what its role alone leads to
 * (rules 609 to 611).
 */
public final class ForwardSteps {
    private final Lockstep lockstep;
    private final LockedStep locked;

    ForwardSteps(Lockstep lockstep, LockedStep locked) {
        this.lockstep = lockstep;
        this.locked = locked;
    }

    /** A whole layer. */
    public void layer(int layer) {
        var keys = rows(What.KEY, layer);
        var values = rows(What.VALUE, layer);
        var queries = queries(layer);
        var staging = lockstep.staging();
        var output = staging.outputs(queries.size());
        lockstep.run(
                609,
                "forward",
                () -> locked.step()
                        .forward(layer, staging.queries(queries), staging.keys(keys), staging.values(values), output));
        var outputs = staging.readOutputs(queries.size());
        var rows = new ArrayList<OutputCheck.Row>();
        var first = 0;
        for (var i = 0; i < locked.members().size(); i++) {
            var end = first + locked.tokens()[i];
            member(
                    new Rows(
                            first,
                            keys.subList(first, end),
                            values.subList(first, end),
                            queries.subList(first, end),
                            outputs.subList(first, end)),
                    i,
                    layer,
                    rows);
            first = end;
        }
        lockstep.verifyOutputs(layer, rows);
        locked.called("forward", layer);
        locked.layerDone(layer);
    }

    /** A member's rows of a call. */
    private record Rows(
            int first, List<float[]> keys, List<float[]> values, List<float[]> queries, List<float[]> outputs) {
        float[] lastQuery() {
            return queries.getLast();
        }
    }

    private List<float[]> rows(What what, int layer) {
        var rows = new ArrayList<float[]>();
        for (var i = 0; i < locked.members().size(); i++) {
            var pair = locked.members().get(i);
            for (var token = pair.model().length() - locked.tokens()[i];
                    token < pair.model().length();
                    token++) {
                rows.add(locked.row(what, pair, token, layer));
            }
        }
        return rows;
    }

    /** Queries; those that must not be read are NaN. */
    private List<float[]> queries(int layer) {
        var rows = rows(What.QUERY, layer);
        var first = 0;
        for (var i = 0; i < locked.members().size(); i++) {
            var role = locked.roles().get(i);
            var end = first + locked.tokens()[i];
            var unread = role.attends() ? first : role == Role.LAST_INGEST ? end - 1 : end;
            for (var row = first; row < unread; row++) {
                Arrays.fill(rows.get(row), Float.NaN);
            }
            first = end;
        }
        return rows;
    }

    private void member(Rows rows, int member, int layer, List<OutputCheck.Row> outputs) {
        var pair = locked.members().get(member);
        var role = locked.roles().get(member);
        var ofRole = locked.roleRule(member, 609);
        lockstep.storedRows().append(pair, layer, rows.keys(), rows.values());
        if (role == Role.DECODE) {
            pair.decode();
        }
        if (pair.corrupted()) {
            return;
        }
        as(609, member, layer, () -> locked.adoptNewDigests(member, layer));
        switch (role) {
            case DECODE -> as(ofRole, member, layer, () -> decode(rows, member, layer, outputs));
            case PROMPT, INGEST ->
                as(609, member, layer, () -> lockstep.tables().verify(pair, layer, 611));
            case LAST_PROMPT, LAST_INGEST ->
                as(609, member, layer, () -> {
                    locked.prefill().evict(member, layer, rows.lastQuery());
                    lockstep.tables().verify(pair, layer, 606);
                });
            case BY_CALL -> throw new IllegalStateException("a member without a role");
        }
        if (role == Role.PROMPT || role == Role.LAST_PROMPT) {
            prompt(rows, member, layer, outputs);
        } else if (!role.attends()) {
            as(609, member, layer, () -> untouched(rows));
        }
    }

    private void decode(Rows rows, int member, int layer, List<OutputCheck.Row> outputs) {
        var table = locked.members().get(member).model().table(layer);
        var choices = new DecodeChoices(lockstep, locked, layer);
        choices.adopt(member, rows.queries().getFirst(), table.filled());
        choices.verifyTable(member);
        var attended = choices.attended(member);
        add(rows, member, layer, attended, outputs);
    }

    private void prompt(Rows rows, int member, int layer, List<OutputCheck.Row> outputs) {
        var all = new BitSet[lockstep.spec().headGroups()];
        Arrays.fill(all, locked.members().get(member).model().table(layer).allPages());
        add(rows, member, layer, all, outputs);
    }

    /** Adds a member's output rows to those that are compared: each token attends to everything up to itself. */
    private void add(Rows rows, int member, int layer, BitSet[] attended, List<OutputCheck.Row> outputs) {
        var spec = lockstep.spec();
        var pair = locked.members().get(member);
        var table = pair.model().table(layer);
        var tokens = locked.tokens()[member];
        var rule = table.windowed() ? 612 : locked.roleRule(member, 609);
        for (var token = 0; token < tokens; token++) {
            var visible = table.tokens() - tokens + token + 1;
            var query = rows.queries().get(token);
            outputs.add(new OutputCheck.Row(
                    rule,
                    pair,
                    layer,
                    visible - 1,
                    "token " + (visible - 1) + " of " + who(member) + " (row " + (rows.first() + token) + ")",
                    rows.outputs().get(token),
                    OracleAttention.attend(spec, table, query, attended, visible),
                    () -> mistakes(rows, member, layer, attended, query, visible)));
        }
    }

    private Map<String, Bounded> mistakes(
            Rows rows, int member, int layer, BitSet[] attended, float[] query, int visible) {
        var spec = lockstep.spec();
        var table = locked.members().get(member).model().table(layer);
        var mistakes = new LinkedHashMap<String, Bounded>();
        if (visible < table.tokens()) {
            mistakes.put(
                    "attention to the token after it too",
                    OracleAttention.attend(spec, table, query, attended, visible + 1));
            mistakes.put(
                    "attention to all tokens of the step, later ones included",
                    OracleAttention.attend(spec, table, query, attended, table.tokens()));
        }
        if (visible > 1) {
            mistakes.put(
                    "attention without its own token",
                    OracleAttention.attend(spec, table, query, attended, visible - 1));
        }
        for (var other = 0; other < rows.queries().size(); other++) {
            mistakes.put(
                    "attention with the query of the member's row " + other,
                    OracleAttention.attend(spec, table, rows.queries().get(other), attended, visible));
        }
        var all = new BitSet[attended.length];
        Arrays.fill(all, table.allPages());
        mistakes.put(
                "attention to all pages instead of those chosen",
                OracleAttention.attend(spec, table, query, all, visible));
        return mistakes;
    }

    private static void untouched(Rows rows) {
        for (var row = 0; row < rows.outputs().size(); row++) {
            for (var number : rows.outputs().get(row)) {
                require(
                        609,
                        number == Staging.UNTOUCHED,
                        "output row %d was written, but the member only stores",
                        rows.first() + row);
            }
        }
    }

    /** Rules that hold whatever a member's role is. */
    private static final Set<Integer> OF_ALL_ROLES = Set.of(308, 611, 612);

    /** Runs a comparison of a member; a violation of another rule is one of its role, and says whose. */
    private void as(int rule, int member, int layer, Runnable comparison) {
        try {
            comparison.run();
        } catch (RuleViolation e) {
            throw new RuleViolation(
                    OF_ALL_ROLES.contains(e.rule()) ? e.rule() : rule,
                    "forward of layer " + layer + ", " + who(member) + ": " + e.getMessage(),
                    e);
        }
    }

    private String who(int member) {
        return "member " + member + " of " + locked.members().size() + " (" + locked.what(member) + ", "
                + locked.members().get(member) + ")";
    }
}
