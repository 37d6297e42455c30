package io.arkvale.conformance.rules;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.SequenceSpec;
import io.arkvale.conformance.cases.Action.Kind;
import io.arkvale.conformance.cases.Route;
import io.arkvale.conformance.cases.Scene;
import io.arkvale.conformance.lockstep.LockedStep;
import io.arkvale.conformance.lockstep.Lockstep;
import io.arkvale.conformance.lockstep.Pair;
import io.arkvale.conformance.lockstep.RuleViolation;
import io.arkvale.conformance.play.Play;
import io.arkvale.conformance.play.Same;
import io.arkvale.conformance.property.Context;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Part 7, sequences that come and go while a step of others is open. */
public final class CompanyRules extends Verification {
    private static final int MOST_FORKS = 8;

    /** Called for every test. */
    public CompanyRules(Context context) {
        super(context);
    }

    /**
     * Sequences outside the batch begin, fork, are truncated and close at any point of a step, and the step does not notice:
     * bit for bit if the backend is deterministic and batch-invariant. If it fails, check what the step keeps by place among
     * all sequences, and slots that a fork gives back which a member still holds.
     */
    public void required_spec712_othersComeAndGoDuringAStep() {
        need(Feature.BESIDE_STEPS);
        forAll(generators().overBudgetScenes().filter(scene -> scene.shape().pageSize() < 20), scene -> {
            try (var quiet = open(scene.steps(scene.steps() + 5), 5);
                    var busy = open(scene.steps(scene.steps() + 5), 5)) {
                var one = played(quiet, scene, false);
                var other = played(busy, scene, true);
                if (supports(Feature.DETERMINISTIC) && supports(Feature.BATCH_INVARIANT)) {
                    Same.require(712, one, other);
                }
            }
        });
    }

    private Play played(Lockstep lockstep, Scene scene, boolean company) {
        lockstep.record();
        var play = new Play(lockstep, scene).prompt(false);
        var first = play.first();
        var twin = play.forkOf(first, first.text());
        // The two come to hold different pages: what one lacks the other may hold alone.
        for (var i = 0; i < 3; i++) {
            play.decode(twin, Route.OWN_SCORES);
            play.decode(play.pairs(), Route.OWN_SCORES);
        }
        for (var i = 0; i < Math.min(2, scene.steps()); i++) {
            var step = lockstep.decode(play.pairs());
            for (var layer = 0; layer < play.layers(); layer++) {
                if (company) {
                    visit(play, twin, i);
                }
                apart(play, step, layer, company);
            }
            step.commit();
            leave(play, twin);
        }
        return play;
    }

    /** A layer by its five calls, with company between them. */
    private void apart(Play play, LockedStep step, int layer, boolean company) {
        var decode = step.decode();
        decode.append(layer);
        comeAndGo(play, company);
        decode.estimate(layer);
        decode.select(layer);
        comeAndGo(play, company);
        decode.recall(layer);
        decode.attend(layer);
    }

    private static void comeAndGo(Play play, boolean company) {
        if (company) {
            var lockstep = play.lockstep();
            var guest = lockstep.begin(play.scene().settings().getFirst());
            play.forkOf(guest).forEach(lockstep::close);
            lockstep.close(guest);
        }
    }

    /** What is done to a fork of a member, whose pages the member shares; in the second round it closes. */
    private void visit(Play play, List<Pair> twin, int round) {
        var lockstep = play.lockstep();
        for (var pair : twin) {
            if (!lockstep.pairs().contains(pair)) {
                continue;
            }
            var length = pair.model().length();
            if (supports(Feature.TRUNCATION)) {
                for (var fork : play.forkOf(pair)) {
                    lockstep.tryTruncate(fork, length - play.scene().shape().pageSize());
                }
                for (var fork : play.forkOf(pair)) {
                    // Within its budget it needs all of its pages, also those that only the member has resident.
                    var budget = pair.model().spec().budgetPages();
                    lockstep.tryTruncate(
                            fork, Math.min(length, budget * play.scene().shape().pageSize()));
                }
            }
            if (supports(Feature.FORK_SETTINGS)) {
                lockstep.tryFork(pair, length - 1, SequenceSpec.full());
            }
            if (round == 1) {
                lockstep.close(pair);
            }
        }
    }

    /** Closes all but the scene's sequences and the fork that is visited, so that there is room for the next step. */
    private static void leave(Play play, List<Pair> twin) {
        for (var pair : List.copyOf(play.lockstep().pairs())) {
            if (!play.pairs().contains(pair) && !twin.contains(pair)) {
                play.lockstep().close(pair);
            }
        }
    }

    /** The same in any step and any pool. If it fails, check what is free for others while a step is open. */
    public void required_spec712_othersActInAnyStep() {
        need(Feature.BESIDE_STEPS);
        forLives(Kind.OTHERS, Kind.OTHERS, Kind.OTHERS, Kind.FORK);
    }

    /**
     * In a pool that is short others get what the step has not reserved, and no more. If it fails, check what is free for a
     * fork at a length while a step is open.
     */
    public void required_spec712_stepsKeepWhatTheyHaveReserved() {
        need(Feature.BESIDE_STEPS);
        need(Feature.FORK_SETTINGS);
        forAll(generators().overBudgetScenes().filter(scene -> scene.shape().pageSize() < 20), scene -> {
            var tokens = scene.seed() % 2 == 0 ? 1 : scene.shape().pageSize() + 1;
            var guest = scene.shape().pageSize() + 1;
            var spec = scene.shape().cache().roomFor(SequenceSpec.full(), guest, 1);
            for (var i = 0; i < scene.settings().size(); i++) {
                spec.roomFor(scene.settings().get(i), scene.prompts().get(i) + tokens, 1);
            }
            try (var lockstep = open(backend(), scene.inputs(spec.build()))) {
                var play = new Play(lockstep, scene).prompt(false);
                var original = lockstep.begin(SequenceSpec.full());
                play.prefill(List.of(original), new int[] {guest}, false);
                var each = play.pairs().stream().mapToInt(pair -> tokens).toArray();
                var step = lockstep.open(play.pairs(), each);
                for (var layer = 0; layer < play.layers(); layer++) {
                    takeAll(lockstep, original);
                    step.prefill().layer(layer, false, scene.chunk());
                }
                step.commit();
            }
        });
    }

    /** Forks a sequence in the middle of its last page, which takes slots, until there is no room. */
    private static void takeAll(Lockstep lockstep, Pair original) {
        for (var i = 0; i < MOST_FORKS; i++) {
            if (lockstep.tryFork(original, original.model().length(), SequenceSpec.full()) == null) {
                return;
            }
        }
    }

    /**
     * A member counts on the slots that it holds alone: they come free when it evicts their pages. In a full pool a fork needs
     * a page that only a member has resident, and then the member replaces all of its pages. If it fails, check that a page
     * which comes back beside a step shares a slot only if the members do not hold it alone.
     */
    public void required_spec712_slotsThatAMemberHoldsAloneStayItsOwn() {
        need(Feature.BESIDE_STEPS);
        need(Feature.FORK_SETTINGS);
        need(Feature.FORKS);
        need(Feature.OWN_SCORES);
        var scenes = generators()
                .overBudgetScenes()
                .filter(scene -> scene.shape().pageSize() >= 3 && scene.shape().pageSize() < 20)
                .map(scene -> scene.shape(scene.shape().withWindows(List.of())));
        forAll(scenes, scene -> {
            var pageSize = scene.shape().pageSize();
            var settings = SequenceSpec.builder(pageSize)
                    .budgetPages(4)
                    .attendedPages(3)
                    .sinkPages(0)
                    .windowPages(1)
                    .denseLayers(0)
                    .digest(scene.settings().getFirst().digest())
                    .build();
            var prompt = 9 * pageSize + 1;
            var spec = scene.shape().cache().roomFor(settings, prompt + 2, 2).build();
            try (var lockstep = open(backend(), scene.inputs(spec))) {
                var play = new Play(lockstep, scene);
                var member = lockstep.begin(settings);
                play.prefill(List.of(member), new int[] {prompt}, false);
                var other = lockstep.fork(member);
                choose(lockstep.decode(List.of(member)), spec, Set.of(4, 5, 6));
                choose(lockstep.decode(List.of(other)), spec, Set.of(1, 2, 3));
                fill(play, pageSize);
                var step = lockstep.tryOpen(List.of(member), 1);
                if (step != null) {
                    lockstep.tryFork(other, 7 * pageSize, settings);
                    try {
                        choose(step, spec, Set.of(0, 7, 8));
                    } catch (RuleViolation e) {
                        throw new RuleViolation(712, "after a fork beside the step: " + e.getMessage(), e);
                    }
                }
            }
        });
    }

    /** A decode step that chooses the given pages in every layer and head group, committed. */
    private static void choose(LockedStep step, CacheSpec spec, Set<Integer> pages) {
        for (var layer = 0; layer < spec.layers(); layer++) {
            var decode = step.decode();
            decode.append(layer);
            decode.estimate(layer);
            var scores = new ArrayList<float[]>();
            for (var page = 0; page < decode.scores().size(); page++) {
                var groups = new float[spec.headGroups()];
                Arrays.fill(groups, pages.contains(page) ? 1 : 0);
                scores.add(groups);
            }
            decode.select(layer, scores);
            decode.recall(layer);
            decode.attend(layer);
        }
        step.commit();
    }

    /** A sequence takes the slots that are left, page by page. */
    private static void fill(Play play, int pageSize) {
        var lockstep = play.lockstep();
        var filler = List.of(lockstep.begin(SequenceSpec.full()));
        for (var step = lockstep.tryOpen(filler, pageSize); step != null; step = lockstep.tryOpen(filler, pageSize)) {
            for (var layer = 0; layer < play.layers(); layer++) {
                step.prefill().layer(layer, false, pageSize);
            }
            step.commit();
        }
    }

    /** A prompt is read while others come and go. If it fails, check pages that prefill reads from their backups. */
    public void required_spec712_othersComeAndGoDuringAPrompt() {
        need(Feature.BESIDE_STEPS);
        forAll(generators().overBudgetScenes().filter(scene -> scene.shape().pageSize() < 20), scene -> {
            try (var lockstep = open(scene.steps(3), 4)) {
                var play = new Play(lockstep, scene).prompt(false);
                var guests = play.forkOf(play.first());
                var tokens = play.pairs().stream().mapToInt(pair -> 2).toArray();
                var step = lockstep.open(play.pairs(), tokens);
                for (var layer = 0; layer < play.layers(); layer++) {
                    step.prefill().chunk(layer, scene.seed() % 2 == 0, tokens);
                    visit(play, guests, layer);
                    step.prefill().finish(layer);
                }
                step.commit();
                leave(play, guests);
                play.decode(play.pairs(), Route.FUSED);
            }
        });
    }
}
