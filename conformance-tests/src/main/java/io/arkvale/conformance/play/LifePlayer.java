package io.arkvale.conformance.play;

import io.arkvale.api.Batch.Role;
import io.arkvale.api.CallOrderException;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.SequenceSpec;
import io.arkvale.conformance.cases.Action;
import io.arkvale.conformance.cases.Inputs.What;
import io.arkvale.conformance.cases.Life;
import io.arkvale.conformance.cases.Part;
import io.arkvale.conformance.cases.Route;
import io.arkvale.conformance.cases.Scene;
import io.arkvale.conformance.data.Settings;
import io.arkvale.conformance.lockstep.LockedStep;
import io.arkvale.conformance.lockstep.Lockstep;
import io.arkvale.conformance.lockstep.Pair;
import io.arkvale.conformance.lockstep.RuleViolation;
import io.arkvale.conformance.lockstep.UnseenReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Plays a life, action by action; the lockstep compares everything after each. */
public final class LifePlayer {
    private static final int MOST_SEQUENCES = 4;
    private static final List<Role> ROLES =
            List.of(Role.DECODE, Role.PROMPT, Role.LAST_INGEST, Role.LAST_PROMPT, Role.INGEST);
    private static final List<What> CORRUPTIBLE = List.of(What.KEY, What.VALUE, What.QUERY);

    private final Lockstep lockstep;
    private final Life life;
    private final Play play;

    /** Plays on a cache that the life has room for. */
    public LifePlayer(Lockstep lockstep, Life life) {
        this.lockstep = lockstep;
        this.life = life;
        this.play =
                new Play(lockstep, new Scene(life.shape(), List.of(), List.of(), 0, 1000, life.kind(), life.seed()));
    }

    /** Does one action. */
    public void act(Action action) {
        var pairs = lockstep.pairs();
        if (pairs.isEmpty()) {
            begin(action);
            return;
        }
        var one = pairs.get(action.who() % pairs.size());
        switch (action.kind().on(lockstep.capabilities())) {
            case BEGIN -> begin(action);
            case FORK -> fork(one);
            case CLOSE -> lockstep.close(one);
            case SYNCHRONIZE -> lockstep.synchronize();
            case DECODE_FUSED -> decode(action, Route.FUSED);
            case DECODE_FIVE -> decode(action, Route.FIVE);
            case DECODE_OWN_SCORES -> decode(action, Route.OWN_SCORES);
            case DECODE_PREFETCHED ->
                decode(action, action.amount() % 2 == 0 ? Route.PREFETCHED_FUSED : Route.PREFETCHED_FIVE);
            case DECODE_ASYNC -> decodeAsync(action);
            case PREFILL -> prefill(action, true);
            case INGEST -> prefill(action, false);
            case MIXED_ROUTES -> mixed(action);
            case UNDO_DECODE -> undoDecode(action);
            case UNDO_PREFILL -> undoPrefill(action);
            case MISUSE -> misuse(action);
            case POISON -> poison(action);
            case MIXED_ROLES -> roles(action);
            case DRAFT -> draft(action);
            case UNDO_ROLES -> undoRoles(action);
            case TRUNCATE -> lockstep.tryTruncate(one, length(one, action.amount()));
            case FORK_AT -> forkAt(one, action);
            case OTHERS -> others(action);
        }
    }

    private void begin(Action action) {
        if (lockstep.pairs().size() == MOST_SEQUENCES) {
            lockstep.close(lockstep.pairs().getFirst());
        }
        lockstep.begin(life.settings().get(action.amount() % life.settings().size()));
    }

    private void fork(Pair original) {
        if (lockstep.pairs().size() < MOST_SEQUENCES) {
            play.forkOf(original);
        }
    }

    /** The members that the action's bits name, at least one; those that have grown enough are closed instead. */
    private List<Pair> members(Action action, int tokens) {
        for (var pair : List.copyOf(lockstep.pairs())) {
            if (pair.model().length() + tokens > life.mostTokens(pair.model().spec())) {
                lockstep.close(pair);
            }
        }
        var pairs = lockstep.pairs();
        var members = new ArrayList<Pair>();
        for (var i = 0; i < pairs.size(); i++) {
            if ((action.who() >> i & 1) == 1) {
                members.add(pairs.get(i));
            }
        }
        if (members.isEmpty() && !pairs.isEmpty()) {
            members.add(pairs.get(action.who() % pairs.size()));
        }
        return members;
    }

    private @Nullable LockedStep open(List<Pair> members, int... tokens) {
        return members.isEmpty() ? null : lockstep.tryOpen(members, tokens);
    }

    private @Nullable LockedStep openDecode(Action action) {
        var members = members(action, 1);
        return open(members, ones(members.size()));
    }

    private static int[] ones(int size) {
        var ones = new int[size];
        Arrays.fill(ones, 1);
        return ones;
    }

    private void decode(Action action, Route route) {
        var step = openDecode(action);
        if (step != null) {
            play.layers(step, route).commit();
        }
    }

    /** Steps whose reports are asked for at the end. */
    private void decodeAsync(Action action) {
        var reports = new ArrayList<UnseenReport>();
        for (var i = 0; i <= action.amount() % 3; i++) {
            var step = openDecode(action);
            if (step != null) {
                reports.add(
                        play.layers(step, i % 2 == 0 ? Route.FUSED : Route.FIVE).commitAsync());
            }
        }
        reports.forEach(UnseenReport::await);
        lockstep.verify(713, 713);
    }

    private @Nullable LockedStep openPrefill(Action action) {
        var most = 1 + action.amount() % (8 * life.shape().pageSize());
        var members = members(action, most);
        var tokens = new int[members.size()];
        for (var i = 0; i < tokens.length; i++) {
            tokens[i] = Math.max(1, most - i * 3);
        }
        return open(members, tokens);
    }

    private int chunk(Action action) {
        return action.amount() % 3 == 0 ? 1 + action.amount() % 7 : 1000;
    }

    private void prefill(Action action, boolean attending) {
        var step = openPrefill(action);
        if (step == null) {
            return;
        }
        for (var layer = 0; layer < play.layers(); layer++) {
            step.prefill().layer(layer, attending, chunk(action));
        }
        step.commit();
    }

    /** One token per member, by another route in every layer. */
    private void mixed(Action action) {
        var step = openDecode(action);
        if (step == null) {
            return;
        }
        for (var layer = 0; layer < play.layers(); layer++) {
            switch ((action.amount() + layer) % 4) {
                case 0 -> play.layer(step, layer, Route.FIVE);
                case 1 -> step.prefill().layer(layer, true, 1);
                case 2 -> play.layer(step, layer, Route.FUSED);
                default -> step.prefill().layer(layer, false, 1);
            }
        }
        step.commit();
    }

    private void undoDecode(Action action) {
        var step = openDecode(action);
        if (step == null) {
            return;
        }
        var routes = Route.values();
        for (var layer = 0; layer < play.layers() && layer <= action.amount() % 4; layer++) {
            play.layer(step, layer, routes[action.amount() % routes.length]);
        }
        step.rollBack();
    }

    private void undoPrefill(Action action) {
        var step = openPrefill(action);
        if (step == null) {
            return;
        }
        for (var layer = 0; layer < play.layers() && layer <= action.amount() % 4; layer++) {
            step.prefill().layer(layer, action.amount() % 2 == 0, chunk(action));
        }
        step.rollBack();
    }

    private void misuse(Action action) {
        var step = openDecode(action);
        if (step == null) {
            return;
        }
        RuleViolation.expect(
                708,
                CallOrderException.class,
                "commit of a step just opened",
                () -> step.step().commit());
        RuleViolation.expect(
                704,
                CallOrderException.class,
                "recall of a layer not begun",
                () -> step.step().recall(0));
        lockstep.verify(704, 704);
        play.layers(step, Route.FUSED).commit();
    }

    private void poison(Action action) {
        var mixed = lockstep.capabilities().supports(Feature.MIXED_STEPS) && action.amount() % 2 == 1;
        var step = mixed ? openRoles(action) : openDecode(action);
        if (step == null) {
            return;
        }
        var layer = action.amount() % play.layers();
        var what = CORRUPTIBLE.get(
                action.amount() % (mixed && !step.roles().getFirst().attends() ? 2 : 3));
        step.corrupt(0, what, layer, Float.NaN);
        if (mixed) {
            play.forward(step);
        } else {
            play.layers(step, Route.FUSED);
        }
        step.commitCorrupted();
        lockstep.close(step.members().getFirst());
    }

    /** A step in which each member has a role of its own. */
    private @Nullable LockedStep openRoles(Action action) {
        var pageSize = life.shape().pageSize();
        var members = members(action, 3 * pageSize);
        var roles = new ArrayList<Role>();
        var tokens = new int[members.size()];
        for (var i = 0; i < tokens.length; i++) {
            var role = ROLES.get((action.amount() + i * 2) % ROLES.size());
            roles.add(role);
            tokens[i] = new Part(role, 1 + action.amount() + i * 5)
                    .tokens(members.get(i).model().spec(), pageSize);
        }
        return members.isEmpty() ? null : lockstep.tryOpen(members, roles, tokens);
    }

    private void roles(Action action) {
        var step = openRoles(action);
        if (step != null) {
            play.forward(step).commit();
        }
    }

    private void undoRoles(Action action) {
        var step = openRoles(action);
        if (step != null) {
            for (var layer = 0; layer < play.layers() && layer <= action.amount() % 4; layer++) {
                step.forward().layer(layer);
            }
            step.rollBack();
        }
    }

    private void draft(Action action) {
        var pageSize = life.shape().pageSize();
        var members = members(action, 3 * pageSize);
        if (members.isEmpty()) {
            return;
        }
        var tokens = new int[members.size()];
        var kept = new int[members.size()];
        for (var i = 0; i < tokens.length; i++) {
            tokens[i] = new Part(Role.DECODE, 1 + action.amount() + i * 3)
                    .tokens(members.get(i).model().spec(), pageSize);
            kept[i] = (action.amount() / 2 + i) % (tokens[i] + 1);
        }
        var step = lockstep.tryOpen(members, Collections.nCopies(tokens.length, Role.DECODE), tokens);
        if (step == null) {
            return;
        }
        play.forward(step);
        if (lockstep.capabilities().supports(Feature.TRUNCATION)) {
            step.commit(kept);
        } else {
            step.commit();
        }
    }

    /** A length that the sequence can be cut to: near its end, at a page border, anywhere, or about its budget. */
    private int length(Pair pair, int amount) {
        var pageSize = life.shape().pageSize();
        var length = pair.model().length();
        var settings = pair.model().spec();
        var some = amount / 4;
        var wanted = switch (amount % 4) {
            case 0 -> length - 1 - some % (pageSize + 1);
            case 1 -> some * pageSize;
            case 2 -> length * some / 15;
            default -> Settings.largestBudget(settings, 3) * pageSize + 1 - some % 4;
        };
        return Math.clamp(wanted, pair.model().leastLength(), length);
    }

    private void forkAt(Pair original, Action action) {
        if (lockstep.pairs().size() < MOST_SEQUENCES) {
            lockstep.tryFork(original, length(original, action.amount() * 7 % 64), settings(action));
        }
    }

    /** Settings of the life, or none. */
    private SequenceSpec settings(Action action) {
        var choice = action.amount() % (life.settings().size() + 1);
        return choice == life.settings().size()
                ? SequenceSpec.full()
                : life.settings().get(choice);
    }

    /** A step before and in whose layers other sequences come and go. */
    private void others(Action action) {
        var decoding = action.amount() % 2 == 0;
        var step = decoding ? openDecode(action) : openPrefill(action);
        if (step == null) {
            return;
        }
        for (var layer = 0; layer < play.layers(); layer++) {
            other(step, action, layer);
            if (decoding) {
                play.layer(step, layer, Route.FUSED);
            } else {
                step.prefill().layer(layer, action.amount() % 3 == 0, chunk(action));
            }
        }
        other(step, action, play.layers());
        step.commit();
    }

    private void other(LockedStep step, Action action, int salt) {
        var outsiders = lockstep.pairs().stream()
                .filter(pair -> !step.members().contains(pair))
                .toList();
        var full = lockstep.pairs().size() == MOST_SEQUENCES;
        if (outsiders.isEmpty()) {
            if (!full) {
                lockstep.begin(settings(action));
            }
            return;
        }
        var one = outsiders.get((action.who() + salt) % outsiders.size());
        var kinds = full
                ? List.of(Action.Kind.CLOSE, Action.Kind.TRUNCATE)
                : List.of(
                        Action.Kind.FORK_AT,
                        Action.Kind.BEGIN,
                        Action.Kind.TRUNCATE,
                        Action.Kind.FORK,
                        Action.Kind.CLOSE);
        switch (kinds.get((action.amount() + salt) % kinds.size()).on(lockstep.capabilities())) {
            case BEGIN -> lockstep.begin(settings(action));
            case FORK -> fork(one);
            case FORK_AT -> forkAt(one, action);
            case TRUNCATE -> lockstep.tryTruncate(one, length(one, action.amount()));
            case CLOSE -> lockstep.close(one);
            default -> lockstep.synchronize();
        }
    }
}
