package io.arkvale.conformance.rules;

import static io.arkvale.conformance.lockstep.RuleViolation.expect;

import io.arkvale.api.Batch;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.PoisonedSequenceException;
import io.arkvale.conformance.cases.Inputs.What;
import io.arkvale.conformance.cases.Route;
import io.arkvale.conformance.cases.Scene;
import io.arkvale.conformance.lockstep.Lockstep;
import io.arkvale.conformance.lockstep.UnseenReport;
import io.arkvale.conformance.play.Play;
import io.arkvale.conformance.play.Same;
import io.arkvale.conformance.property.Context;
import java.util.ArrayList;

/** Part 7: steps that are committed without waiting. */
public final class CommitRules extends Verification {
    /** Called for every test. */
    public CommitRules(Context context) {
        super(context);
    }

    /**
     * Steps that nobody waits for do what steps do that are waited for, and report it. If it fails, check what a step uses
     * that the one before it still needs.
     */
    public void required_spec713_stepsNeedNotBeWaitedFor() {
        forAll(generators().overBudgetScenes(), scene -> {
            try (var waiting = open(scene);
                    var hurrying = open(scene)) {
                var one = played(waiting, scene, true);
                var other = played(hurrying, scene, false);
                if (supports(Feature.DETERMINISTIC)) {
                    Same.require(713, one, other);
                }
            }
        });
    }

    private static Play played(Lockstep lockstep, Scene scene, boolean waits) {
        lockstep.record();
        var play = new Play(lockstep, scene).prompt(false);
        if (waits) {
            play.decode(Route.FUSED);
        } else {
            lockstep.verifyAs(713, "with reports that are not asked for yet: ", () -> hurry(play));
        }
        return play;
    }

    private static void hurry(Play play) {
        var reports = new ArrayList<UnseenReport>();
        for (var i = 0; i < play.scene().steps(); i++) {
            reports.add(play.layers(play.lockstep().decode(play.pairs()), Route.FUSED)
                    .commitAsync());
        }
        reports.forEach(UnseenReport::await);
        play.lockstep().verify(713, 713);
    }

    /**
     * A number that is not finite shows in the report of its step, and at the first call but {@code step} that names its sequence.
     * If it fails, check who asks whether the outcomes of a sequence's steps are there.
     */
    public void required_spec713_deferredErrorsShowInTheReport() {
        assume(
                !"immediate".equals(context().options().get("checks")),
                "with the option checks=immediate nothing is deferred");
        forAll(generators().overBudgetScenes(), scene -> {
            try (var lockstep = open(scene.steps(scene.steps() + 2), 2)) {
                var play = new Play(lockstep, scene).prompt(false);
                var spoiled = play.first();
                var step = lockstep.decode(play.pairs());
                step.corrupt(0, What.KEY, (int) (scene.seed() % play.layers()), Float.NaN);
                play.layers(step, Route.FUSED).commitCorruptedAsync(() -> {
                    if (supports(Feature.FORKS)) {
                        expect(
                                713,
                                PoisonedSequenceException.class,
                                "fork of a sequence whose last step brought a number that is not finite",
                                () -> lockstep.cache().fork(spoiled.sequence()));
                    }
                    play.decode(play.pairs().subList(1, play.pairs().size()), Route.FUSED);
                });
                expect(
                        713,
                        PoisonedSequenceException.class,
                        "a step of a poisoned sequence",
                        () -> lockstep.cache().step(Batch.decode(spoiled.sequence())));
                play.decode(play.pairs().subList(1, play.pairs().size()), Route.FIVE);
            }
        });
    }
}
