package io.arkvale.conformance.rules;

import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.conformance.cases.DataKind;
import io.arkvale.conformance.cases.Route;
import io.arkvale.conformance.cases.Scene;
import io.arkvale.conformance.data.Settings;
import io.arkvale.conformance.lockstep.Lockstep;
import io.arkvale.conformance.lockstep.Pair;
import io.arkvale.conformance.play.Play;
import io.arkvale.conformance.property.Context;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Combinators;

/** Part 6: attention and prefill. */
public final class AttentionRules extends Verification {
    /** Called for every test. */
    public AttentionRules(Context context) {
        super(context);
    }

    /**
     * Attention over the pages of the scope lies within the attend bound. If it fails, check the scale 1/√d, the tokens
     * of the last page, which KV head a query head reads, and accumulation in float32.
     */
    public void required_spec601_attendIsSoftmaxOverTheScope() {
        var scenes = Combinators.combine(
                        generators().overBudgetScenes(),
                        Arbitraries.of(backend().capabilities().scopes()))
                .as((scene, scope) -> scene.settings(one -> Settings.with(one, scope)));
        forScenes(scenes, play -> play.prompt(false).decode(Route.FIVE));
    }

    /** The same for fused decode. */
    public void required_spec601_fusedDecodeAttendsToTheScope() {
        forScenes(generators().overBudgetScenes(), play -> play.prompt(false).decode(Route.FUSED));
    }

    /**
     * Within the budget, or without one, the output is full attention. If it fails, check dense layers, one token, one
     * page, and the step that reaches the budget.
     */
    public void required_spec602_withinTheBudgetAttentionIsFull() {
        var scenes = generators()
                .scenes()
                .map(scene -> scene.prompts(scene.settings().stream()
                        .map(one -> one.isLimited()
                                ? 1 + (int) (scene.seed() % scene.shape().pageSize())
                                : 5)
                        .toList()));
        forScenes(scenes, play -> play.prompt().decode(Route.FUSED));
        forScenes(scenes, play -> play.prompt().decode(Route.FIVE));
    }

    /**
     * Huge logits do not overflow. If it fails, check that the largest logit is subtracted before the exponential, in
     * every split of the tokens and where splits are merged.
     */
    public void required_spec603_hugeLogitsDoNotOverflow() {
        var scenes = generators().overBudgetScenes(only(DataKind.HUGE));
        forScenes(scenes, play -> play.prompt().decode(Route.FUSED));
        forScenes(scenes, play -> play.prompt(false).decode(Route.FIVE));
    }

    /**
     * Prefill attends from each token to everything up to itself, evicted pages included. If it fails, check the causal
     * limit within a chunk, chunks that begin in the middle of a page, and pages read from their backups.
     */
    public void required_spec604_prefillIsCausalAndDense() {
        forAll(generators().scenes(), scene -> {
            var length = scene.prompts().stream().mapToInt(Integer::intValue).sum();
            if (length > 400) {
                return;
            }
            try (var lockstep = open(longer(scene))) {
                var play = new Play(lockstep, scene).prompt(true);
                play.decode(play.pairs(), Route.FUSED);
                play.prefill(play.pairs(), secondTurn(scene), true);
            }
        });
    }

    /**
     * How a prompt is cut into chunks changes neither residence nor digests nor backups. If it fails, check pages that
     * fill in one chunk or across two, and that nothing is evicted before {@code finishPrefill}.
     */
    public void required_spec604_chunksDoNotMatter() {
        forAll(generators().overBudgetScenes(), scene -> {
            var whole = new Scene(
                    scene.shape(), scene.settings(), scene.prompts(), 1, Integer.MAX_VALUE, scene.kind(), scene.seed());
            try (var cut = open(scene);
                    var once = open(whole)) {
                requireSame(
                        604,
                        cut,
                        new Play(cut, scene).prompt().pairs(),
                        once,
                        new Play(once, whole).prompt().pairs());
            }
        });
    }

    /**
     * Prefill and ingest neither recall nor evict before {@code finishPrefill}. If it fails, check a second turn: evicted
     * pages are attended to but stay evicted, and the turn's own pages stay resident until the layer is finished.
     */
    public void required_spec605_prefillMovesNothing() {
        turns(true, 605);
    }

    /**
     * {@code finishPrefill} evicts the lowest-ranked down to the budget. If it fails, check that the last query's scores
     * rank the pages, that the sequence's own groups, sink and window count, and ties.
     */
    public void required_spec606_finishEvictsTheLowestRanked() {
        forScenes(generators().overBudgetScenes(), play -> play.prompt(false));
    }

    /**
     * Ingest leaves the cache as prefill does. If it fails, check that both share everything but the attention.
     */
    public void required_spec607_ingestLeavesWhatPrefillDoes() {
        forAll(generators().overBudgetScenes(), scene -> {
            if (scene.prompts().stream().mapToInt(Integer::intValue).sum() > 400) {
                return;
            }
            try (var ingested = open(scene);
                    var prefilled = open(scene)) {
                requireSame(
                        607,
                        ingested,
                        new Play(ingested, scene).prompt(false).pairs(),
                        prefilled,
                        new Play(prefilled, scene).prompt(true).pairs());
            }
        });
    }

    /**
     * A sequence that has decoded goes on by prefill, ingest or decode alike. If it fails, check that the second turn
     * starts in a page that is partly filled, and that what it fills is backed up and summarised.
     */
    public void required_spec608_turnsFollowEachOther() {
        turns(false, 608);
    }

    private void turns(boolean attending, int rule) {
        forAll(generators().scenes(), scene -> {
            try (var lockstep = open(longer(scene))) {
                var play = new Play(lockstep, scene).prompt(false);
                play.decode(play.pairs(), Route.FIVE);
                play.prefill(play.pairs(), secondTurn(scene), attending);
                play.decode(play.pairs(), Route.FUSED);
                if (rule == 608) {
                    play.prefill(List.of(play.first()), new int[] {1}, true);
                    play.decode(play.pairs(), Route.FIVE);
                }
            }
        });
    }

    private static int[] secondTurn(Scene scene) {
        return scene.prompts().stream()
                .mapToInt(prompt -> 1 + prompt % Math.min(60, 3 * scene.shape().pageSize()))
                .toArray();
    }

    /** Room for a second turn and a few steps. */
    private static Scene longer(Scene scene) {
        return scene.prompts(scene.prompts().stream()
                .map(prompt -> prompt + 3 * scene.shape().pageSize() + 10)
                .toList());
    }

    /** Requires that two caches show the same page tables, digests and tiers. */
    private static void requireSame(int rule, Lockstep one, List<Pair> ones, Lockstep other, List<Pair> others) {
        var spec = one.spec();
        for (var i = 0; i < ones.size(); i++) {
            for (var layer = 0; layer < spec.layers(); layer++) {
                var table = ones.get(i).model().table(layer);
                for (var page = 0; page < table.pages(); page++) {
                    var a = ones.get(i).sequence();
                    var b = others.get(i).sequence();
                    for (var group = 0; group < spec.headGroups(); group++) {
                        var left = one.view().page(a, layer, group, page);
                        var right = other.view().page(b, layer, group, page);
                        require(
                                rule,
                                left.resident() == right.resident() && left.backup() == right.backup(),
                                "layer %d group %d page %d is %s here and %s there",
                                layer,
                                group,
                                page,
                                left,
                                right);
                    }
                    for (var kvHead = 0;
                            table.limited() && page < table.filled() && kvHead < spec.kvHeads();
                            kvHead++) {
                        var left = one.view().digest(a, layer, kvHead, page);
                        var right = other.view().digest(b, layer, kvHead, page);
                        require(
                                rule,
                                Arrays.equals(left, right),
                                "the digest of layer %d page %d KV head %d differs",
                                layer,
                                page,
                                kvHead);
                    }
                }
            }
        }
    }
}
