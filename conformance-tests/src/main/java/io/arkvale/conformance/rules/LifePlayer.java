package io.arkvale.conformance.rules;

import io.arkvale.api.CallOrderException;
import io.arkvale.conformance.cases.Action;
import io.arkvale.conformance.cases.Inputs.What;
import io.arkvale.conformance.cases.Life;
import io.arkvale.conformance.cases.Route;
import io.arkvale.conformance.cases.Scene;
import io.arkvale.conformance.lockstep.LockedStep;
import io.arkvale.conformance.lockstep.Lockstep;
import io.arkvale.conformance.lockstep.Pair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Plays a life, action by action; the lockstep compares everything after each. */
final class LifePlayer {
    private static final int MOST_SEQUENCES = 4;
    private static final List<What> CORRUPTIBLE = List.of(What.KEY, What.VALUE, What.QUERY);

    private final Lockstep lockstep;
    private final Life life;
    private final Play play;

    LifePlayer(Lockstep lockstep, Life life) {
        this.lockstep = lockstep;
        this.life = life;
        this.play =
                new Play(lockstep, new Scene(life.shape(), List.of(), List.of(), 0, 1000, life.kind(), life.seed()));
    }

    void act(Action action) {
        var pairs = lockstep.pairs();
        if (pairs.isEmpty()) {
            begin(action);
            return;
        }
        var one = pairs.get(action.who() % pairs.size());
        switch (action.kind()) {
            case BEGIN -> begin(action);
            case FORK -> fork(one);
            case CLOSE -> lockstep.close(one);
            case SYNCHRONIZE -> lockstep.synchronize();
            case DECODE_FUSED -> decode(action, Route.FUSED);
            case DECODE_FIVE -> decode(action, Route.FIVE);
            case DECODE_OWN_SCORES -> decode(action, Route.OWN_SCORES);
            case DECODE_PREFETCHED ->
                decode(action, action.amount() % 2 == 0 ? Route.PREFETCHED_FUSED : Route.PREFETCHED_FIVE);
            case PREFILL -> prefill(action, true);
            case INGEST -> prefill(action, false);
            case MIXED_ROUTES -> mixed(action);
            case UNDO_DECODE -> undoDecode(action);
            case UNDO_PREFILL -> undoPrefill(action);
            case MISUSE -> misuse(action);
            case POISON -> poison(action);
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
        Verification.expect(
                708,
                CallOrderException.class,
                "commit of a step just opened",
                () -> step.step().commit());
        Verification.expect(
                704,
                CallOrderException.class,
                "recall of a layer not begun",
                () -> step.step().recall(0));
        lockstep.verify(704, 704);
        play.layers(step, Route.FUSED).commit();
    }

    private void poison(Action action) {
        var step = openDecode(action);
        if (step == null) {
            return;
        }
        var layer = action.amount() % play.layers();
        step.corrupt(0, CORRUPTIBLE.get(action.amount() % 3), layer, Float.NaN);
        play.layers(step, Route.FUSED);
        step.commitCorrupted();
        lockstep.close(step.members().getFirst());
    }
}
