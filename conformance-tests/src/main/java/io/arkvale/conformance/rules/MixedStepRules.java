package io.arkvale.conformance.rules;

import static io.arkvale.conformance.lockstep.RuleViolation.expect;
import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.Batch;
import io.arkvale.api.Batch.Role;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.SlotNeed;
import io.arkvale.conformance.cases.Action.Kind;
import io.arkvale.conformance.cases.MixedScene;
import io.arkvale.conformance.cases.Part;
import io.arkvale.conformance.cases.Route;
import io.arkvale.conformance.cases.Scene;
import io.arkvale.conformance.data.Settings;
import io.arkvale.conformance.lockstep.Lockstep;
import io.arkvale.conformance.lockstep.Pair;
import io.arkvale.conformance.play.Play;
import io.arkvale.conformance.play.Same;
import io.arkvale.conformance.property.Context;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Part 6, steps whose members have roles: each its own, drafts, prompts that span steps. */
public final class MixedStepRules extends Verification {
    private static final List<Role> ROLES =
            List.of(Role.DECODE, Role.PROMPT, Role.LAST_PROMPT, Role.INGEST, Role.LAST_INGEST);
    private static final int MOST_ROWS = 200;

    /** Called for every test. */
    public MixedStepRules(Context context) {
        super(context);
    }

    private Arbitrary<MixedScene> mixedScenes() {
        var parts = Combinators.combine(
                        Arbitraries.of(ROLES), Arbitraries.integers().between(0, 15))
                .as(Part::new);
        return generators()
                .scenes()
                .filter(scene ->
                        rows(scene.prompts()) <= MOST_ROWS && scene.shape().pageSize() < 20)
                .flatMap(scene -> parts.list()
                        .ofSize(scene.settings().size())
                        .list()
                        .ofMinSize(1)
                        .ofMaxSize(3)
                        .map(rounds -> new MixedScene(scene, rounds)));
    }

    private static int rows(List<Integer> prompts) {
        return prompts.stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * Each member of a step does what its role says, whatever the roles of the others are. If it fails, check which rows of
     * the step's tensors belong to the member behind a prompt, and which of the queries ends a prompt.
     */
    public void required_spec609_eachMemberDoesWhatItsRoleSays() {
        need(Feature.MIXED_STEPS);
        forLives(Kind.MIXED_ROLES, Kind.MIXED_ROLES, Kind.MIXED_ROLES, Kind.UNDO_ROLES, Kind.FORK);
    }

    /**
     * A member's bits are those that it gets alone, if the backend is batch-invariant. If it fails, check work that is split
     * by what the whole step holds.
     */
    public void required_spec609_membersDoWhatTheyDoAlone() {
        need(Feature.MIXED_STEPS);
        need(Feature.BATCH_INVARIANT);
        forAll(mixedScenes(), mixed -> {
            try (var together = open(backend(), mixed.scene().inputs(mixed.cache()))) {
                var all = begun(together, mixed);
                for (var round = 0; round < mixed.rounds().size(); round++) {
                    forward(all, mixed, round, all.pairs());
                }
                try (var apart = open(backend(), mixed.scene().inputs(mixed.cache()))) {
                    var alone = begun(apart, mixed);
                    for (var pair : alone.pairs()) {
                        for (var round = 0; round < mixed.rounds().size(); round++) {
                            forward(alone, mixed, round, List.of(pair));
                        }
                    }
                    Same.require(609, all, alone);
                }
            }
        });
    }

    private static Play begun(Lockstep lockstep, MixedScene mixed) {
        lockstep.record();
        return new Play(lockstep, mixed.scene()).prompt(false);
    }

    /** A round of some of the sequences, in one step. */
    private static void forward(Play play, MixedScene mixed, int round, List<Pair> some) {
        var members = new ArrayList<Pair>();
        var roles = new ArrayList<Role>();
        var tokens = new ArrayList<Integer>();
        for (var pair : some) {
            var member = play.pairs().indexOf(pair);
            if (mixed.tokens(round, member) > 0) {
                members.add(pair);
                roles.add(mixed.rounds().get(round).get(member).role());
                tokens.add(mixed.tokens(round, member));
            }
        }
        play.forward(members, roles, tokens.stream().mapToInt(Integer::intValue).toArray());
    }

    /**
     * Roles lead to what the calls lead to: bit for bit if the backend is deterministic. If it fails, check what the fused
     * call skips or orders differently, and that a prompt goes on where its last chunk ended.
     */
    public void required_spec609_rolesDoWhatTheCallsDo() {
        need(Feature.MIXED_STEPS);
        forAll(mixedScenes(), mixed -> {
            try (var byRole = open(backend(), mixed.scene().inputs(mixed.cache()));
                    var byCall = open(backend(), mixed.scene().inputs(mixed.cache()))) {
                var one = begun(byRole, mixed);
                var other = begun(byCall, mixed);
                for (var member = 0; member < one.pairs().size(); member++) {
                    for (var round = 0; round < mixed.rounds().size(); round++) {
                        var role = mixed.rounds().get(round).get(member).role();
                        var tokens = mixed.tokens(round, member);
                        byRole(one, one.pairs().get(member), role, tokens);
                        byCall(other, other.pairs().get(member), role, tokens);
                    }
                }
                if (supports(Feature.DETERMINISTIC)) {
                    Same.require(609, one, other);
                }
            }
        });
    }

    private static void byRole(Play play, Pair pair, Role role, int tokens) {
        if (tokens == 0) {
            return;
        }
        if (role == Role.DECODE) {
            play.forward(List.of(pair), List.of(role), 1);
        } else {
            var attends = role.attends();
            if (tokens > 1) {
                play.forward(List.of(pair), List.of(attends ? Role.PROMPT : Role.INGEST), first(tokens));
            }
            play.forward(
                    List.of(pair),
                    List.of(attends ? Role.LAST_PROMPT : Role.LAST_INGEST),
                    tokens > 1 ? tokens - first(tokens) : 1);
        }
    }

    private static void byCall(Play play, Pair pair, Role role, int tokens) {
        if (tokens == 0) {
            return;
        }
        if (role == Role.DECODE) {
            play.decode(List.of(pair), Route.FUSED);
            return;
        }
        var step = play.lockstep().open(List.of(pair), tokens);
        for (var layer = 0; layer < play.layers(); layer++) {
            if (tokens > 1) {
                step.prefill().chunk(layer, role.attends(), first(tokens));
            }
            step.prefill().chunk(layer, role.attends(), tokens > 1 ? tokens - first(tokens) : 1);
            step.prefill().finish(layer);
        }
        step.commit();
    }

    /** Tokens of the first of two chunks. */
    private static int first(int tokens) {
        return (tokens + 1) / 2;
    }

    /**
     * Queries of members that only store may be anything, also where values are checked at the call. If it fails, check which
     * rows of the queries are looked at.
     */
    public void required_spec609_queriesThatAreNotAskedForAreNotRead() {
        need(Feature.MIXED_STEPS);
        var options = new HashMap<>(context().options());
        if (offersImmediateChecks()) {
            options.put("checks", "immediate");
        }
        try (var checking = context().provider().create(options)) {
            forAll(mixedScenes(), Math.max(1, context().tries() / 5), mixed -> {
                try (var lockstep = open(checking, mixed.scene().inputs(mixed.cache()))) {
                    // The lockstep hands in NaN where no query may be read.
                    var play = begun(lockstep, mixed);
                    for (var round = 0; round < mixed.rounds().size(); round++) {
                        forward(play, mixed, round, play.pairs());
                    }
                }
            });
        }
    }

    /** Sequences over their budgets, with windows wide enough for drafts that cross pages. */
    private Arbitrary<Scene> draftedScenes() {
        return Combinators.combine(
                        generators()
                                .overBudgetScenes()
                                .filter(scene -> scene.shape().pageSize() < 20),
                        Arbitraries.of(0, 1, 2))
                .as((scene, wider) -> scene.settings(one -> Settings.withWiderWindow(one, wider)));
    }

    /**
     * Drafted tokens select once, with the query of the first, and attend causally. If it fails, check that the pages are
     * those of all the tokens, that the window's last pages hold tokens which the first ones must not see, and that the pages
     * attended to are counted once.
     */
    public void required_spec610_draftsSelectOnceAndAttendCausally() {
        need(Feature.MIXED_STEPS);
        forAll(draftedScenes(), scene -> {
            var drafts = drafts(scene);
            try (var lockstep = open(scene.steps(sum(drafts)))) {
                var play = new Play(lockstep, scene).prompt(false);
                var roles = Collections.nCopies(play.pairs().size(), Role.DECODE);
                for (var draft : drafts) {
                    play.forward(play.pairs(), roles, within(play, draft));
                }
            }
        });
    }

    /** Lengths of drafts: one token, a few, to a page border and beyond it, and the longest. */
    private static List<Integer> drafts(Scene scene) {
        var pageSize = scene.shape().pageSize();
        return List.of(1 + (int) (scene.seed() % (2L * pageSize)), 1, pageSize, 3 * pageSize, pageSize + 1);
    }

    private static int sum(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).sum();
    }

    /** The length for each member, or the longest that its window allows. */
    private static int[] within(Play play, int tokens) {
        return play.pairs().stream()
                .mapToInt(pair -> Math.min(
                        tokens,
                        pair.model().spec().mostDrafted(play.scene().shape().pageSize())))
                .toArray();
    }

    /** Drafts whose pages the window does not hold are refused when the step opens. If it fails, check the longest one. */
    public void required_spec610_draftsBeyondTheWindowAreRefused() {
        need(Feature.MIXED_STEPS);
        forAll(draftedScenes(), Math.max(1, context().tries() / 5), scene -> {
            var most = scene.settings().getFirst().mostDrafted(scene.shape().pageSize());
            try (var lockstep = open(scene.steps(most))) {
                var play = new Play(lockstep, scene).prompt(false);
                var pair = play.first();
                var batch = Batch.builder().draft(pair.sequence(), most + 1).build();
                expect(
                        610,
                        InvalidArgumentException.class,
                        "a draft of " + (most + 1) + " tokens, where " + most + " are allowed,",
                        () -> lockstep.cache().step(batch).close());
                lockstep.verify(901, 901);
                play.forward(List.of(pair), List.of(Role.DECODE), most);
            }
        });
    }

    /**
     * A prompt may span steps: until it ends, or the sequence decodes, nothing is evicted. In pools of exactly the need. If
     * it fails, check that the step's end does not evict, that every page of every layer is reserved, and what
     * {@code isPromptOpen} says after a step that was closed without commit.
     */
    public void required_spec611_promptsSpanSteps() {
        need(Feature.MIXED_STEPS);
        forAll(draftedScenes().filter(scene -> rows(scene.prompts()) <= MOST_ROWS), scene -> {
            var spare = 3 * scene.shape().pageSize() + 2;
            var longer = scene.prompts(
                    scene.prompts().stream().map(prompt -> prompt + spare).toList());
            try (var lockstep = open(backend(), scene.inputs(exactlyOpen(longer)))) {
                var play = new Play(lockstep, scene);
                for (var i = 0; i < scene.settings().size(); i++) {
                    play.pairs().add(lockstep.begin(scene.settings().get(i), i));
                }
                var role = scene.seed() % 2 == 0 ? Role.PROMPT : Role.INGEST;
                open(play, role, play.tokens());
                var one = play.tokens();
                Arrays.fill(one, scene.shape().pageSize());
                undone(play, one);
                open(play, role == Role.PROMPT ? Role.INGEST : Role.PROMPT, one);
                end(play, (int) (scene.seed() % 5));
                play.decode(play.pairs(), Route.FIVE);
            }
        });
    }

    private static void open(Play play, Role role, int[] tokens) {
        play.forward(play.pairs(), Collections.nCopies(play.pairs().size(), role), tokens);
        for (var pair : play.pairs()) {
            require(611, pair.sequence().isPromptOpen(), "the prompt of %s is not open after %s", pair, role);
        }
    }

    /** A step that would end the prompts, and is closed without commit. */
    private static void undone(Play play, int[] tokens) {
        var roles = Collections.nCopies(play.pairs().size(), Role.LAST_INGEST);
        var step = play.lockstep().open(play.pairs(), roles, tokens);
        step.forward().layer(0);
        step.rollBack();
    }

    /** Ends the prompts in one of the ways there are. */
    private static void end(Play play, int how) {
        var pairs = play.pairs();
        var ones = new int[pairs.size()];
        Arrays.fill(ones, 1);
        switch (how) {
            case 0 -> play.forward(pairs, Collections.nCopies(ones.length, Role.DECODE), ones);
            case 1 -> play.forward(pairs, Collections.nCopies(ones.length, Role.LAST_PROMPT), ones);
            case 2 -> play.decode(pairs, Route.FUSED);
            case 3 -> play.decode(pairs, Route.OWN_SCORES);
            default -> play.prefill(pairs, ones, false);
        }
        for (var pair : pairs) {
            require(611, !pair.sequence().isPromptOpen(), "the prompt of %s is still open", pair);
        }
    }

    /** A cache with exactly the room for the prompts while they are open. */
    private static CacheSpec exactlyOpen(Scene scene) {
        return new MixedScene(scene, List.of()).cache();
    }

    /**
     * An open prompt counts with all of its pages: a step that they leave no room for is refused, and none that they do. If
     * it fails, check what opening a step reserves for the sequences outside its batch.
     */
    public void required_spec611_openPromptsCountWithAllTheirPages() {
        need(Feature.MIXED_STEPS);
        forAll(generators().overBudgetScenes(), scene -> {
            var room = exactlyOpen(scene);
            var oneShort = scene.shape()
                    .cache()
                    .deviceSlots(room.deviceSlots() - 1)
                    .hostSlots(room.hostSlots())
                    .build();
            var need = SlotNeed.of(
                    room.layers(),
                    room.headGroups(),
                    room.pageSize(),
                    scene.settings().getFirst(),
                    scene.prompts().getFirst());
            if (need.device() > oneShort.deviceSlots()) {
                return;
            }
            try (var lockstep = open(backend(), scene.inputs(oneShort))) {
                var pair = lockstep.begin(scene.settings().getFirst());
                var step = lockstep.tryOpen(
                        List.of(pair), List.of(Role.INGEST), scene.prompts().getFirst());
                if (step != null) {
                    new Play(lockstep, scene).forward(step).commit();
                }
            }
        });
    }
}
