package io.arkvale.conformance.rules;

import static io.arkvale.conformance.lockstep.RuleViolation.expect;
import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.Batch.Role;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.conformance.cases.Route;
import io.arkvale.conformance.lockstep.Pair;
import io.arkvale.conformance.play.Play;
import io.arkvale.conformance.property.Context;
import java.util.Collections;
import java.util.stream.IntStream;

/** Parts 3, 6 and 7, layers whose queries attend to their last tokens alone. */
public final class WindowRules extends Verification {
    private static final int MOST_TOKENS = 400;
    private static final int MOST_DRAFTED = 4;

    /** Called for every test. */
    public WindowRules(Context context) {
        super(context);
    }

    /**
     * A layer with a window keeps the pages of its last {@code window + pageSize} tokens and gives up all others, and none has a
     * digest or a backup. If it fails, check that pages go when a step is committed and not before, in every head group, and
     * that forks drop their own share.
     */
    public void required_spec308_pagesThatLeaveTheWindowAreGivenUp() {
        need(Feature.LAYER_WINDOWS);
        forAll(generators().windowedScenes(), scene -> {
            var device = scene.steps(scene.steps() + 2).cache(3).deviceSlots();
            // Room for backups of all pages, so that those of a layer with a window are seen.
            var spec =
                    scene.shape().cache().deviceSlots(device).hostSlots(device).build();
            try (var lockstep = open(backend(), scene.inputs(spec))) {
                var play = new Play(lockstep, scene).prompt(false);
                play.layers(lockstep.decode(play.pairs()), Route.FUSED).rollBack();
                var forks = play.forkOf(play.first());
                play.decode(Route.FUSED);
                play.decode(forks, Route.FUSED);
                play.prefill(
                        play.pairs(), play.pairs().stream().mapToInt(_ -> 2).toArray(), false);
            }
        });
    }

    /**
     * A query attends to the last tokens before it, as many as the window says, itself counted. If it fails, check the oldest
     * page, of which some tokens may be outside, and rows of a chunk or a draft, each of which has a window of its own.
     */
    public void required_spec612_queriesAttendToTheirWindow() {
        need(Feature.LAYER_WINDOWS);
        forAll(generators().windowedScenes(), scene -> {
            if (scene.prompts().stream().mapToInt(Integer::intValue).sum() > MOST_TOKENS) {
                return;
            }
            try (var lockstep = open(scene.steps(scene.steps() + 2 + MOST_DRAFTED), 2)) {
                var play = new Play(lockstep, scene).prompt(true).decode(Route.FIVE);
                play.decode(play.pairs(), Route.FUSED);
                if (supports(Feature.MIXED_STEPS)) {
                    play.forward(play.pairs(), Collections.nCopies(play.pairs().size(), Role.DECODE), drafts(play));
                }
                play.decode(play.pairs(), Route.PREFETCHED_FUSED);
            }
        });
    }

    private static int[] drafts(Play play) {
        var pageSize = play.scene().shape().pageSize();
        return play.pairs().stream()
                .mapToInt(pair -> Math.min(MOST_DRAFTED, pair.model().spec().mostDrafted(pageSize)))
                .toArray();
    }

    /**
     * Tokens are taken back while the window is there, and no further. If it fails, check the first page that each layer with a
     * window still has, also after a sequence was cut and has grown again, and in forks.
     */
    public void required_spec714_sequencesAreNotCutToAWindowThatIsGone() {
        need(Feature.LAYER_WINDOWS);
        need(Feature.TRUNCATION);
        forAll(generators().windowedScenes(), scene -> {
            try (var lockstep =
                    open(scene.steps(scene.steps() + 2 * scene.shape().pageSize() + 2), 2)) {
                var play = new Play(lockstep, scene).prompt(false);
                refused(play, play.first());
                for (var fork : play.forkOf(play.first())) {
                    refused(play, fork);
                    cut(play, fork, 1);
                }
                cut(play, play.first(), scene.shape().pageSize() / 2);
                play.decode(Route.FUSED);
                cut(play, play.first(), scene.shape().pageSize());
                refused(play, play.first());
                cut(play, play.first(), Integer.MAX_VALUE);
                play.decode(play.pairs(), Route.FIVE);
            }
        });
    }

    private void refused(Play play, Pair pair) {
        var lockstep = play.lockstep();
        var least = pair.model().leastLength();
        for (var length : IntStream.of(0, least / 2, least - 1)
                .filter(some -> some >= 0 && some < least)
                .toArray()) {
            expect(
                    714,
                    InvalidArgumentException.class,
                    "truncate of " + pair + " to " + length + ", when its layers' windows are there from " + least
                            + " tokens on",
                    () -> lockstep.cache().truncate(pair.sequence(), length));
            if (supports(Feature.FORK_SETTINGS)) {
                expect(
                        714,
                        InvalidArgumentException.class,
                        "fork of " + pair + " at " + length + ", when its layers' windows are there from " + least
                                + " tokens on",
                        () -> lockstep.cache()
                                .fork(pair.sequence(), length, pair.model().spec()));
            }
            lockstep.verify(901, 901);
        }
    }

    /** Takes back so many tokens, or as many as the windows allow. */
    private static void cut(Play play, Pair pair, int tokens) {
        var length = pair.model().length();
        var least = pair.model().leastLength();
        play.lockstep().verifyAs(714, "when tokens are taken back: ", () -> {
            require(
                    714,
                    play.lockstep().tryTruncate(pair, Math.max(least, length - Math.min(length, tokens))),
                    "there is room, but truncation was refused");
        });
    }
}
