package io.arkvale.conformance.rules;

import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.GroupScore;
import io.arkvale.conformance.cases.Route;
import io.arkvale.conformance.cases.Scene;
import io.arkvale.conformance.cases.Shape;
import io.arkvale.conformance.data.Settings;
import io.arkvale.conformance.property.Context;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Part 4: estimate. */
public final class EstimateRules extends Verification {
    /** Called for every test. */
    public EstimateRules(Context context) {
        super(context);
    }

    /**
     * Every filled page of every sequence over its budget is scored, and no other. If it fails, check the page that this
     * very step filled, evicted pages, batches that mix sequences within and over their budgets, and dense layers.
     */
    public void required_spec401_everyFilledPageIsScored() {
        forScenes(generators().scenes(), play -> play.prompt(false).decode(Route.FIVE));
    }

    /**
     * A query head's score lies within its bound. If it fails, check the formula of the digest's form (no 1/√d, no
     * softmax; spheres add the radius times the query's norm), which KV head a query head belongs to, and accumulation in
     * float32.
     */
    public void required_spec402_headScoresAreWithinTheirBound() {
        assume(
                backend().capabilities().queryHeadsPerKvHead().contains(1),
                "the backend does not declare one query head per KV head, whose scores alone can be seen");
        var oneHead =
                generators().overBudgetScenes().map(EstimateRules::fillBudget).map(this::withOneHeadAGroup);
        forScenes(oneHead, play -> play.prompt(false).decode(Route.FIVE));
    }

    /** Prompts that fill their budgets, so that nothing is ranked before a step shows its scores. */
    private static Scene fillBudget(Scene scene) {
        var pageSize = scene.shape().pageSize();
        return scene.prompts(scene.settings().stream()
                .map(one -> one.budgetPages() * pageSize)
                .toList());
    }

    private Scene withOneHeadAGroup(Scene scene) {
        var grouped = supports(Feature.HEAD_GROUPS);
        var shape = grouped
                ? scene.shape().withAGroupForEachKvHead()
                : scene.shape().withOneKvHead();
        // The largest and the mean of one score are the score.
        var groupScore = groupScores(GroupScore.MAX, GroupScore.MEAN).getFirst();
        var single = new Shape(
                shape.layers(),
                shape.kvHeads(),
                1,
                shape.headDim(),
                shape.elementType(),
                shape.pageSize(),
                shape.headGroups());
        return scene.shape(single).settings(one -> Settings.with(one, groupScore));
    }

    /**
     * A group's score is the mean, or the largest, of its query heads' scores. If it fails, check which query heads
     * belong to a group: those of its contiguous KV heads.
     */
    public void required_spec403_groupScoresAreWithinTheirBound() {
        forScenes(
                with(Arbitraries.of(groupScores(GroupScore.MEAN, GroupScore.MAX))),
                play -> play.prompt(false).decode(Route.FIVE));
    }

    /**
     * With mean-of-softmax a group's score is the mean of its query heads' softmax over the filled pages. If it fails,
     * check the scale 1/√d, the subtraction of the largest, and that evicted pages take part.
     */
    public void required_spec404_softmaxScoresAreWithinTheirBound() {
        forScenes(
                with(Arbitraries.of(groupScores(GroupScore.MEAN_SOFTMAX))),
                play -> play.prompt(false).decode(Route.FIVE));
    }

    /** Those of the given group scores that the backend declares; skips the test if there is none. */
    private List<GroupScore> groupScores(GroupScore... wanted) {
        var declared = Arrays.stream(wanted)
                .filter(backend().capabilities().groupScores()::contains)
                .toList();
        assume(!declared.isEmpty(), "the backend does not declare the group scores " + Arrays.toString(wanted));
        return declared;
    }

    private Arbitrary<Scene> with(Arbitrary<GroupScore> groupScores) {
        return Combinators.combine(generators().overBudgetScenes().map(EstimateRules::fillBudget), groupScores)
                .as((scene, groupScore) -> scene.settings(one -> Settings.with(one, groupScore)));
    }

    /**
     * Nothing is scored while a sequence is within its budget. If it fails, check the comparison {@code n ≤ c}, where the
     * last page counts whether it is full or not.
     */
    public void required_spec405_nothingIsScoredWithinTheBudget() {
        var within = generators().scenes().map(EstimateRules::endAtBudget);
        forScenes(within, play -> play.prompt(false).decode(Route.FIVE));
    }

    /**
     * The tensor of estimate keeps its scores, whatever other call comes between. If it fails, check what later calls
     * write to: select with own scores, decode and finishPrefill need scores too, and must not put them there.
     */
    public void required_spec406_scoresAreKept() {
        var layered = generators()
                .overBudgetScenes()
                .map(scene -> scene.shape(scene.shape().atLeastLayers(3)));
        forScenes(layered, play -> {
            play.prompt(false);
            for (var i = 0; i < play.scene().steps(); i++) {
                var step = play.lockstep().decode(play.pairs());
                for (var layer = 0; layer < play.layers(); layer++) {
                    switch ((layer + i) % 3) {
                        case 0 -> play.layer(step, layer, Route.OWN_SCORES);
                        case 1 -> play.layer(step, layer, Route.FUSED);
                        default -> step.prefill().layer(layer, i % 2 == 0, 1);
                    }
                }
                step.commit();
            }
        });
    }

    /** Prompts that end so that the last decode step ends on the budget's last token, or one page before. */
    private static Scene endAtBudget(Scene scene) {
        var pageSize = scene.shape().pageSize();
        var prompts = new ArrayList<Integer>();
        for (var spec : scene.settings()) {
            var pages = spec.isLimited() ? spec.budgetPages() - (int) (scene.seed() % 2) : 3;
            prompts.add(Math.max(1, pages * pageSize - scene.steps()));
        }
        var steps = Math.min(scene.steps(), 2 * pageSize);
        return scene.prompts(prompts).steps(steps);
    }
}
