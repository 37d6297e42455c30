package io.arkvale.conformance.rules;

import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.Scope;
import io.arkvale.conformance.cases.DataKind;
import io.arkvale.conformance.cases.Route;
import io.arkvale.conformance.data.Settings;
import io.arkvale.conformance.play.Play;
import io.arkvale.conformance.property.Context;
import java.util.List;

/** Part 5: select, recall and evict. */
public final class RecallRules extends Verification {
    /** Called for every test. */
    public RecallRules(Context context) {
        super(context);
    }

    /**
     * Selected are sink, window and the best others. If it fails, check that the window counts the last page whether it
     * is full or not, that {@code k − sink − (window − 1)} others are ranked, and that all pages are selected while
     * within the budget.
     */
    public void required_spec501_sinkWindowAndBestAreSelected() {
        forScenes(generators().scenes(), play -> play.prompt(false).decode(Route.FIVE));
    }

    /**
     * The order is exact: higher score first, −0 equal to +0, NaN below −∞, ties to the lower page. If it fails, check
     * the comparison of NaN and of zeros, and that sorting or a heap keeps ties in page order.
     */
    public void required_spec502_orderIsExact() {
        need(Feature.OWN_SCORES);
        forScenes(generators().overBudgetScenes(), play -> play.prompt(false).decode(Route.OWN_SCORES));
    }

    /** The same on data whose own scores are tied. */
    public void required_spec502_orderIsExactOnTies() {
        var tied = generators().overBudgetScenes(only(DataKind.CONSTANT, DataKind.ONE_HOT, DataKind.NEARLY_TIED));
        forScenes(tied, play -> play.prompt(false).decode(Route.FIVE));
    }

    /**
     * Select acts on the caller's own scores alone. If it fails, check that they replace the estimated ones, in the
     * choice of victims too, and that the next step's select knows nothing of them.
     */
    public void required_spec503_ownScoresReplaceEstimatedOnes() {
        need(Feature.OWN_SCORES);
        forScenes(generators().overBudgetScenes(), play -> {
            play.prompt(false);
            for (var i = 0; i < play.scene().steps(); i++) {
                play.decode(play.pairs(), i % 3 == 2 ? Route.FIVE : Route.OWN_SCORES);
            }
        });
    }

    /**
     * Victims are the lowest-ranked filled resident pages that are neither sink, window nor selected, as many as the
     * budget asks for. If it fails, check the count (none is evicted while a slot of the budget is free), the order of
     * ties (the higher page goes first), and that a page that is selected or not full never goes.
     */
    public void required_spec504_victimsAreTheLowestRanked() {
        forScenes(generators().overBudgetScenes(), play -> {
            play.prompt(false);
            for (var i = 0; i < play.scene().steps(); i++) {
                play.decode(play.pairs(), i % 2 == 0 ? Route.OWN_SCORES : Route.FIVE);
            }
        });
    }

    /**
     * After recall the selected pages are resident, residents are within the budget, and no other page has moved. If it
     * fails, check that recall does what select decided and no more.
     */
    public void required_spec505_residenceIsWhatSelectDecided() {
        forScenes(generators().overBudgetScenes(), play -> play.prompt(false).decode(Route.OWN_SCORES));
    }

    /**
     * A recalled page has the bytes of its backup. If it fails, check which backup is read, and that a slot is not
     * written before its victim's backup is complete.
     */
    public void required_spec506_recalledBytesEqualTheBackup() {
        forScenes(
                generators().overBudgetScenes(only(DataKind.NORMAL)),
                play -> play.prompt(false).decode(Route.OWN_SCORES));
    }

    /**
     * The report counts each sequence as if it ran alone, and no more bytes than its recalls. If it fails, check dense
     * layers (they count nothing), attended pages in both scopes, and forks that recall the same page, which is copied
     * once.
     */
    public void required_spec507_countsAreThoseOfEachAlone() {
        forAll(generators().overBudgetScenes(), scene -> {
            try (var lockstep = open(scene, 2)) {
                var play = new Play(lockstep, scene).prompt(false);
                // The same text, so that both recall the same pages.
                play.pairs().addAll(play.forkOf(play.first(), play.first().text()));
                play.decode(play.pairs(), Route.FIVE);
                for (var i = 1; i < scene.steps(); i++) {
                    play.decode(play.pairs(), i % 2 == 0 ? Route.FIVE : Route.OWN_SCORES);
                }
            }
        });
    }

    /**
     * Prefetch leads to what estimate, select and recall give with the guessed queries. If it fails, check that the page
     * which append opens is counted before victims are, that the layer attends with the true queries, and that
     * rollback undoes a recall that nobody waited for.
     */
    public void required_spec508_prefetchIsEstimateSelectAndRecall() {
        need(Feature.PREFETCH);
        var layered = generators()
                .overBudgetScenes()
                .map(scene -> scene.shape(scene.shape().atLeastLayers(2)));
        forScenes(layered, play -> {
            play.prompt(false);
            for (var i = 0; i < play.scene().steps(); i++) {
                if (play.scene().seed() % 3 == i) {
                    var step = play.lockstep().decode(play.pairs());
                    step.decode().prefetch(1);
                    step.rollBack();
                }
                play.decode(play.pairs(), i % 2 == 0 ? Route.PREFETCHED_FUSED : Route.PREFETCHED_FIVE);
            }
        });
    }

    /**
     * Every layer and head group keeps to its own budget and attended pages. If it fails, check each place that asks for a
     * budget, and a head group within its budget beside one over it, which takes part with all of its pages.
     */
    public void required_spec509_layersAndGroupsKeepToTheirOwnBudgets() {
        need(Feature.LAYER_BUDGETS);
        forAll(generators().layerBudgetScenes(), scene -> {
            try (var lockstep = open(scene.steps(scene.steps() + 3))) {
                lockstep.verifyAs(509, "with budgets by layer and head group: ", () -> {
                    var play = new Play(lockstep, scene).prompt(false).decode(Route.FIVE);
                    for (var route : List.of(Route.FUSED, Route.OWN_SCORES, Route.PREFETCHED_FUSED)) {
                        play.decode(play.pairs(), route);
                    }
                });
            }
        });
    }

    /** The same with attention to all resident pages. */
    public void required_spec508_prefetchWorksInBothScopes() {
        need(Feature.PREFETCH);
        assume(backend().capabilities().scopes().contains(Scope.RESIDENT), "the backend does not declare RESIDENT");
        var layered = generators()
                .overBudgetScenes()
                .map(scene -> scene.shape(scene.shape().atLeastLayers(2))
                        .settings(one -> Settings.with(one, Scope.RESIDENT)));
        forScenes(layered, play -> play.prompt(false).decode(Route.PREFETCHED_FUSED));
    }
}
