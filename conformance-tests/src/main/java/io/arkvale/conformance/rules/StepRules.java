package io.arkvale.conformance.rules;

import static io.arkvale.conformance.lockstep.RuleViolation.expect;
import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.Batch;
import io.arkvale.api.CallOrderException;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.SequenceSpec;
import io.arkvale.conformance.cases.Route;
import io.arkvale.conformance.cases.Scene;
import io.arkvale.conformance.lockstep.LockedStep;
import io.arkvale.conformance.lockstep.Lockstep;
import io.arkvale.conformance.lockstep.Pair;
import io.arkvale.conformance.lockstep.RuleViolation;
import io.arkvale.conformance.play.Misuse;
import io.arkvale.conformance.play.Play;
import io.arkvale.conformance.play.Same;
import io.arkvale.conformance.property.Context;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Part 7: steps and forks. */
public final class StepRules extends Verification {
    /** Called for every test. */
    public StepRules(Context context) {
        super(context);
    }

    /**
     * Opening a step advances the lengths and reserves all it needs: in pools of exactly the need, no later call fails.
     * If it fails, check the spare slot of append, the pages of one layer in prefill, and the copy of a fork's last page.
     */
    public void required_spec701_openingReservesEverything() {
        forScenes(generators().scenes(), play -> play.prompt().decode(Route.FIVE));
    }

    /**
     * A step that fits is not refused, in pools of exactly {@code SlotNeed}, forks counted apart. If it fails, check
     * slots and backups that evicted, closed or undone pages still hold.
     */
    public void required_spec702_stepsThatFitAreServed() {
        forAll(generators().scenes(), scene -> {
            try (var lockstep = open(scene, 2)) {
                var play = new Play(lockstep, scene).prompt(false);
                var forks = forks(play);
                play.decode(Route.FUSED);
                for (var i = 0; i < scene.steps(); i++) {
                    play.decode(forks, Route.FUSED);
                }
                forks.forEach(lockstep::close);
                require(702, forks(play).size() == forks.size(), "forks were lost");
            }
        });
    }

    /**
     * Prompts in chunks that each end them are served in pools of exactly {@code SlotNeed} with a chunk's tokens: a layer never
     * holds more than its budget and a chunk. If it fails, check that a step reserves for what it brings, not for the whole text.
     */
    public void required_spec702_promptsInChunksNeedTheirBudgetsAndAChunk() {
        forAll(generators().overBudgetScenes(), scene -> {
            var chunk = scene.shape().pageSize() + 1;
            var spec = scene.shape().cache();
            for (var i = 0; i < scene.settings().size(); i++) {
                spec.roomFor(scene.settings().get(i), scene.prompts().get(i) + 1, 1, chunk);
            }
            try (var lockstep = open(backend(), scene.inputs(spec.build()))) {
                var play = new Play(lockstep, scene);
                scene.settings().forEach(settings -> play.pairs().add(lockstep.begin(settings)));
                chunks(play, chunk);
                play.decode(play.pairs(), Route.FUSED);
            }
        });
    }

    /** Stores the prompts of a scene in steps of at most so many tokens each. */
    private static void chunks(Play play, int most) {
        var prompts = play.scene().prompts();
        for (var from = 0; from < Collections.max(prompts); from += most) {
            var members = new ArrayList<Pair>();
            var tokens = IntStream.builder();
            for (var i = 0; i < prompts.size(); i++) {
                if (from < prompts.get(i)) {
                    members.add(play.pairs().get(i));
                    tokens.add(Math.min(most, prompts.get(i) - from));
                }
            }
            play.prefill(members, tokens.build().toArray(), play.attending());
        }
    }

    private static List<Pair> forks(Play play) {
        return List.copyOf(play.pairs()).stream()
                .flatMap(pair -> play.forkOf(pair).stream())
                .toList();
    }

    /**
     * Fused decode is the five steps: bit for bit if the backend is deterministic. If it fails, check what the fused path
     * skips or orders differently.
     */
    public void required_spec703_fusedDecodeIsTheFiveSteps() {
        forAll(generators().overBudgetScenes(), scene -> {
            try (var fused = open(scene);
                    var apart = open(scene)) {
                var one = played(fused, scene, Route.FUSED);
                var other = played(apart, scene, Route.FIVE);
                if (supports(Feature.DETERMINISTIC)) {
                    Same.require(703, one, other);
                }
            }
        });
    }

    private static Play played(Lockstep lockstep, Scene scene, Route route) {
        lockstep.record();
        return new Play(lockstep, scene).prompt(false).decode(route);
    }

    /** Calls out of order are refused and change nothing. If it fails, check the state a layer is in at each call. */
    public void required_spec704_callsOutOfOrderAreRefused() {
        misused((play, misuse) -> {
            misuse.decodeStep(misuse::outOfOrder);
            misuse.prefillStep(true, misuse::outOfOrder);
            misuse.prefillStep(false, misuse::outOfOrder);
            misuse.forwardStep(misuse::outOfOrder);
        });
    }

    /**
     * During a step no other step is allowed, nor is fork, truncate or close of its members. If it fails, check each of
     * them.
     */
    public void required_spec704_oneStepAtATime() {
        misused((play, misuse) -> {
            Misuse.Visitor visitor = (step, layer, legal) -> membersAreBusy(play);
            misuse.decodeStep(visitor);
            misuse.forwardStep(visitor);
        });
    }

    private void membersAreBusy(Play play) {
        var cache = play.lockstep().cache();
        var sequence = play.first().sequence();
        refused(play, "a second step", () -> cache.step(Batch.decode(sequence)));
        if (supports(Feature.FORKS)) {
            refused(play, "fork of a member during a step", () -> cache.fork(sequence));
        }
        if (supports(Feature.FORK_SETTINGS)) {
            refused(
                    play,
                    "fork of a member at a length during a step",
                    () -> cache.fork(sequence, 0, SequenceSpec.full()));
        }
        if (supports(Feature.TRUNCATION)) {
            refused(play, "truncate of a member during a step", () -> cache.truncate(sequence, 0));
        }
        refused(play, "closing a member during a step", sequence::close);
    }

    private static void refused(Play play, String what, Runnable call) {
        expect(704, CallOrderException.class, what, call);
        play.lockstep().verify(704, 704);
    }

    /**
     * A step that is closed without commit leaves everything as it was, wherever it stopped, and the same step can be
     * taken again. If it fails, check pages that the step filled or opened, evictions and recalls, the copy of a fork's
     * last page, and what prefetch has started.
     */
    public void required_spec705_rollbackRestoresEverything() {
        forAll(generators().scenes(), scene -> {
            try (var lockstep = open(scene.steps(scene.steps() + 2), 2)) {
                var play = new Play(lockstep, scene).prompt(false);
                var fork = play.forkOf(play.first());
                for (var stop = 0; stop <= 6; stop++) {
                    var step = lockstep.decode(play.pairs());
                    partly(play, step, stop);
                    step.rollBack();
                }
                play.decode(Route.FUSED);
                play.decode(fork, Route.FIVE);
            }
        });
    }

    /** Does the first calls of a step: none, some of the first layer's, or all but commit. */
    private static void partly(Play play, LockedStep step, int stop) {
        var decode = step.decode();
        if (stop == 6) {
            play.layers(step, Route.FUSED);
            return;
        }
        if (stop > 0) {
            decode.append(0);
        }
        if (stop > 1) {
            decode.estimate(0);
        }
        if (stop > 2) {
            decode.select(0);
        }
        if (stop > 3) {
            decode.recall(0);
        }
        if (stop > 4) {
            decode.attend(0);
        }
    }

    /** The same for prefill and ingest. */
    public void required_spec705_rollbackUndoesPrefill() {
        forAll(generators().scenes(), scene -> {
            var pageSize = scene.shape().pageSize();
            var longer = scene.prompts(scene.prompts().stream()
                    .map(prompt -> prompt + 2 * pageSize)
                    .toList());
            try (var lockstep = open(longer)) {
                var play = new Play(lockstep, scene).prompt(false);
                play.decode(play.pairs().subList(0, 1), Route.FUSED);
                var tokens = new int[play.pairs().size()];
                Arrays.fill(tokens, 1 + (int) (scene.seed() % pageSize));
                for (var stop = 0; stop < 3; stop++) {
                    var step = lockstep.open(play.pairs(), tokens);
                    if (stop > 0) {
                        step.prefill().chunk(0, stop == 1, tokens);
                    }
                    if (stop > 1) {
                        step.prefill().finish(0);
                    }
                    step.rollBack();
                }
                play.prefill(play.pairs(), tokens, false);
            }
        });
    }

    /**
     * A fork and its original go their own ways. If it fails, check the last page, which must be copied before either
     * appends to it, residence (one may evict what the other keeps), and slots that both hold.
     */
    public void required_spec706_forksGoTheirOwnWays() {
        need(Feature.FORKS);
        forAll(generators().scenes(), scene -> {
            try (var lockstep = open(scene.steps(2 * scene.steps() + 2), 3)) {
                var play = new Play(lockstep, scene).prompt(false);
                var original = play.first();
                var fork = lockstep.fork(original);
                for (var i = 0; i < scene.steps(); i++) {
                    play.decode(List.of(i % 2 == 0 ? fork : original), Route.OWN_SCORES);
                    play.decode(List.of(original, fork), Route.FUSED);
                }
                var second = lockstep.fork(fork);
                lockstep.close(fork);
                play.decode(List.of(second), Route.FIVE);
                lockstep.close(original);
                play.decode(List.of(second), Route.FUSED);
            }
        });
    }

    /**
     * Batches may change at every step. If it fails, check what is kept by place in the batch instead of by sequence.
     */
    public void required_spec707_batchesChangeAtEveryStep() {
        forAll(generators().scenes(), scene -> {
            try {
                changing(scene);
            } catch (RuleViolation e) {
                throw eachAloneIsRight(scene) ? new RuleViolation(707, "only in company: " + e.getMessage(), e) : e;
            }
        });
    }

    private void changing(Scene scene) {
        try (var lockstep = open(scene)) {
            var play = new Play(lockstep, scene).prompt(false);
            for (var i = 0; i < scene.steps(); i++) {
                var members = new ArrayList<Pair>(play.pairs());
                Collections.rotate(members, i);
                play.decode(members.subList(0, 1 + i % members.size()), i % 2 == 0 ? Route.FUSED : Route.FIVE);
            }
        }
    }

    private boolean eachAloneIsRight(Scene scene) {
        try {
            for (var member = 0; member < scene.settings().size(); member++) {
                changing(scene.only(member));
            }
            return true;
        } catch (RuleViolation e) {
            return false;
        }
    }

    /** Commit waits for every layer. If it fails, check that it counts the layers done. */
    public void required_spec708_commitNeedsEveryLayer() {
        misused((play, misuse) -> {
            misuse.decodeStep((step, layer, legal) -> unfinished(play, step));
            misuse.prefillStep(true, (step, layer, legal) -> unfinished(play, step));
            misuse.forwardStep((step, layer, legal) -> unfinished(play, step));
        });
    }

    private static void unfinished(Play play, LockedStep step) {
        expect(
                708,
                CallOrderException.class,
                "commit of an unfinished step",
                () -> step.step().commit());
        play.lockstep().verify(708, 708);
    }

    /** What is done to the calls of a step. */
    @FunctionalInterface
    private interface MisuseLaw {
        void check(Play play, Misuse misuse);
    }

    private void misused(MisuseLaw law) {
        var scenes = generators().scenes().filter(scene -> scene.shape().pageSize() < 20);
        forAll(scenes, Math.max(1, context().tries() / 5), scene -> {
            try (var lockstep = open(scene.steps(8))) {
                var play = new Play(lockstep, scene).prompt(false);
                law.check(play, new Misuse(play, 2));
            }
        });
    }
}
