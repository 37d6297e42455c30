package io.arkvale.conformance.rules;

import static io.arkvale.conformance.lockstep.RuleViolation.expect;
import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.SequenceSpec;
import io.arkvale.conformance.cases.Action.Kind;
import io.arkvale.conformance.cases.Route;
import io.arkvale.conformance.cases.Scene;
import io.arkvale.conformance.data.DeclaredDigests;
import io.arkvale.conformance.data.Settings;
import io.arkvale.conformance.lockstep.Pair;
import io.arkvale.conformance.lockstep.RuleViolation;
import io.arkvale.conformance.play.Play;
import io.arkvale.conformance.property.Context;
import java.util.ArrayList;
import java.util.List;

/** Part 7, forks at a length, with settings of their own. */
public final class ForkRules extends Verification {
    /** Called for every test. */
    public ForkRules(Context context) {
        super(context);
    }

    /**
     * A fork at any length, with any settings, holds the first tokens and goes on by its own settings. If it fails, check a
     * last page that is cut, backups and digests that only one of both has, and what the pools get back.
     */
    public void required_spec711_forksTakeAnyLengthAndSettings() {
        need(Feature.FORK_SETTINGS);
        forLives(Kind.FORK_AT, Kind.FORK_AT, Kind.FORK_AT, Kind.CLOSE, Kind.MIXED_ROLES, Kind.TRUNCATE);
    }

    /**
     * With a budget where there was none, without one where there was, with another digest, at every kind of length. If it
     * fails, check pages that were evicted and must come back, backups and digests to be made, and that a page which both
     * share has the digest of each one's kind.
     */
    public void required_spec711_settingsChangeWhatAForkHolds() {
        need(Feature.FORK_SETTINGS);
        forAll(generators().overBudgetScenes(), scene -> {
            try (var lockstep = open(backend(), scene.inputs(roomForForks(scene)))) {
                var play = new Play(lockstep, scene).prompt(false);
                play.decode(play.pairs(), Route.OWN_SCORES);
                var full = fork(play, play.first(), play.first().model().length(), SequenceSpec.full());
                for (var original : List.of(play.first(), full)) {
                    var others = others(scene);
                    for (var i = 0; i < others.size(); i++) {
                        var fork = fork(play, original, length(scene, original, i), others.get(i));
                        play.decode(List.of(fork, original), Route.FIVE);
                        lockstep.close(fork);
                    }
                }
            }
        });
    }

    /** Room for three sequences of each settings at once whose prompts are open, as those of forks are. */
    private static CacheSpec roomForForks(Scene scene) {
        var builder = scene.shape().cache();
        for (var i = 0; i < scene.settings().size(); i++) {
            var tokens = 2 * scene.prompts().get(i) + 4;
            builder.roomForOpenPrompts(scene.settings().get(i), tokens, 3);
        }
        return builder.build();
    }

    /** The first sequence's settings, each with one thing changed, and none. */
    private List<SequenceSpec> others(Scene scene) {
        var own = scene.settings().getFirst();
        var others = new ArrayList<SequenceSpec>();
        others.add(own);
        others.add(SequenceSpec.full());
        var declared = new DeclaredDigests(backend().capabilities());
        var digests = declared.some();
        for (var i = 0; i < 2; i++) {
            var digest = digests.get((int) ((scene.seed() + i * 3L) % digests.size()));
            var shape = scene.shape();
            others.add(Settings.with(own, declared.fitting(digest, shape.pageSize(), shape.headDim())));
        }
        others.add(Settings.withDenseLayers(
                own, (int) (scene.seed() % (1 + scene.shape().layers()))));
        others.add(Settings.withWiderWindow(own, 2));
        return others;
    }

    /** None, all, a page border or anywhere. */
    private static int length(Scene scene, Pair pair, int salt) {
        var pageSize = scene.shape().pageSize();
        var length = pair.model().length();
        return switch (Math.floorMod(scene.seed() + salt, 4)) {
            case 0 -> length;
            case 1 -> length / 2 / pageSize * pageSize;
            case 2 -> length * 2 / 3;
            default -> scene.seed() % 2 == 0 ? 0 : length - 1;
        };
    }

    private static Pair fork(Play play, Pair original, int length, SequenceSpec settings) {
        var fork = play.lockstep().tryFork(original, length, settings);
        if (fork == null) {
            throw new RuleViolation(711, "there is room, but fork of " + original + " at " + length + " was refused");
        }
        require(711, fork.sequence().isPromptOpen(), "the prompt of a fork at a length is not open");
        return fork;
    }

    /**
     * In pools that are short a fork is made or leaves everything as it was. If it fails, check that all room is there before
     * the first page is made.
     */
    public void required_spec711_forksThatDoNotFitChangeNothing() {
        need(Feature.FORK_SETTINGS);
        forAll(generators().overBudgetScenes(), scene -> {
            try (var lockstep = open(scene.steps(scene.steps() + 1))) {
                var play = new Play(lockstep, scene).prompt(false);
                var others = others(scene);
                var forks = new ArrayList<Pair>();
                for (var i = 0; i < others.size(); i++) {
                    var fork = lockstep.tryFork(play.first(), length(scene, play.first(), i), others.get(i));
                    if (fork != null) {
                        forks.add(fork); // kept, so that the pools run short
                    }
                }
                forks.forEach(lockstep::close);
                play.decode(play.pairs(), Route.FUSED);
            }
        });
    }

    /** Lengths out of range are refused and change nothing. If it fails, check them before the first change. */
    public void required_spec711_lengthsOutOfRangeAreRefused() {
        need(Feature.FORK_SETTINGS);
        forAll(generators().scenes(), Math.max(1, context().tries() / 5), scene -> {
            try (var lockstep = open(scene, 2)) {
                var play = new Play(lockstep, scene).prompt(false);
                var pair = play.first();
                for (var length : new int[] {-1, pair.model().length() + 1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                    expect(
                            711,
                            InvalidArgumentException.class,
                            "fork of " + pair + " at " + length,
                            () -> lockstep.cache().fork(pair.sequence(), length, SequenceSpec.full()));
                    lockstep.verify(901, 901);
                }
            }
        });
    }
}
