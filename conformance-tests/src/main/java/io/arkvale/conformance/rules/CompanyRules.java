package io.arkvale.conformance.rules;

import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.SequenceSpec;
import io.arkvale.conformance.cases.Action.Kind;
import io.arkvale.conformance.cases.Route;
import io.arkvale.conformance.cases.Scene;
import io.arkvale.conformance.lockstep.LockedStep;
import io.arkvale.conformance.lockstep.Lockstep;
import io.arkvale.conformance.lockstep.Pair;
import io.arkvale.conformance.play.Play;
import io.arkvale.conformance.play.Same;
import io.arkvale.conformance.property.Context;
import java.util.List;

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
            try (var quiet = open(scene.steps(scene.steps() + 1), 4);
                    var busy = open(scene.steps(scene.steps() + 1), 4)) {
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
        for (var i = 0; i < Math.min(2, scene.steps()); i++) {
            var step = lockstep.decode(play.pairs());
            for (var layer = 0; layer < play.layers(); layer++) {
                if (company) {
                    visit(play, step, twin, i);
                }
                apart(play, step, layer, company);
            }
            step.commit();
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

    /** What is done to a fork of a member, whose pages the member shares. */
    private void visit(Play play, LockedStep step, List<Pair> twin, int round) {
        for (var pair : twin) {
            if (!play.lockstep().pairs().contains(pair)) {
                continue;
            }
            for (var fork : play.forkOf(pair)) {
                if (supports(Feature.TRUNCATION)) {
                    play.lockstep().tryTruncate(fork, pair.model().length() / 2);
                }
                play.lockstep().close(fork);
            }
            if (supports(Feature.FORK_SETTINGS)) {
                var fork = play.lockstep().tryFork(pair, pair.model().length() - 1, SequenceSpec.full());
                if (fork != null) {
                    play.lockstep().close(fork);
                }
            }
            if (round == 1 || step.members().size() > 1) {
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
                    visit(play, step, guests, layer);
                    step.prefill().finish(layer);
                }
                step.commit();
                play.decode(play.pairs(), Route.FUSED);
            }
        });
    }
}
