package io.arkvale.conformance.rules;

import static io.arkvale.conformance.lockstep.RuleViolation.expect;
import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.Batch.Role;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.conformance.cases.Action.Kind;
import io.arkvale.conformance.cases.Route;
import io.arkvale.conformance.cases.Scene;
import io.arkvale.conformance.data.Settings;
import io.arkvale.conformance.lockstep.LockedStep;
import io.arkvale.conformance.lockstep.Lockstep;
import io.arkvale.conformance.lockstep.Pair;
import io.arkvale.conformance.lockstep.RuleViolation;
import io.arkvale.conformance.play.Play;
import io.arkvale.conformance.play.Same;
import io.arkvale.conformance.property.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Part 7, tokens that are taken back: truncation, and the commit of a part. */
public final class TruncationRules extends Verification {
    /** Called for every test. */
    public TruncationRules(Context context) {
        super(context);
    }

    /**
     * After truncation everything is as if the later tokens had never been, and goes on from there. If it fails, check a last
     * page that is full no more (its digest and backup must go), pages that come back, and what the pools get back.
     */
    public void required_spec709_truncatedSequencesGoOn() {
        need(Feature.TRUNCATION);
        forLives(
                Kind.TRUNCATE,
                Kind.TRUNCATE,
                Kind.TRUNCATE,
                Kind.DECODE_OWN_SCORES,
                Kind.UNDO_DECODE,
                Kind.MIXED_ROLES);
    }

    /**
     * Forks keep what they share with a truncated sequence. If it fails, check that a last page which a fork holds is copied
     * before it is written, and the reference counts of slots, backups and digests.
     */
    public void required_spec709_forksDoNotChange() {
        need(Feature.TRUNCATION);
        need(Feature.FORKS);
        forAll(generators().overBudgetScenes(), scene -> {
            try (var lockstep = open(scene.steps(scene.steps() + 3), 3)) {
                var play = new Play(lockstep, scene).prompt(false);
                var original = play.first();
                for (var length : lengths(original, scene)) {
                    var fork = lockstep.fork(original);
                    try {
                        goOn(play, fork, length);
                    } catch (RuleViolation e) {
                        throw new RuleViolation(
                                709,
                                "with a fork of " + original + " that was truncated to " + length + ": "
                                        + e.getMessage(),
                                e);
                    }
                }
            }
        });
    }

    /** Truncates a fork and lets both go on. */
    private static void goOn(Play play, Pair fork, int length) {
        var lockstep = play.lockstep();
        require(709, lockstep.tryTruncate(fork, length), "there is room, but truncation was refused");
        play.decode(List.of(fork), Route.FIVE);
        if (play.first().model().length() < play.scene().prompts().getFirst() + 3) {
            play.decode(List.of(play.first()), Route.FUSED);
        }
        lockstep.close(fork);
    }

    /**
     * Forks that are cut to several lengths of one page grow in one batch, and each keeps what is its own. If it fails, check
     * that a page which several hold is copied before the last of them writes it, and that a page which was cut does not
     * count as the page of its backup any more.
     */
    public void required_spec709_forksOfSeveralLengthsGrowTogether() {
        need(Feature.TRUNCATION);
        need(Feature.FORKS);
        forAll(generators().overBudgetScenes().filter(scene -> scene.shape().pageSize() < 20), scene -> {
            try (var lockstep = open(scene.steps(4), 5)) {
                var play = new Play(lockstep, scene).prompt(false);
                var original = play.first();
                var members = new ArrayList<>(List.of(original));
                for (var cut = 1; cut <= 3; cut++) {
                    for (var fork : play.forkOf(original, original.text() + cut)) {
                        if (lockstep.tryTruncate(fork, original.model().length() - cut)) {
                            members.add(fork);
                        }
                    }
                }
                for (var route : List.of(Route.FUSED, Route.OWN_SCORES, Route.FIVE, Route.FUSED)) {
                    play.decode(members, route);
                }
            }
        });
    }

    /** Lengths: none, the same, one less, page borders and their neighbours, to within the budget and just beyond it. */
    private static List<Integer> lengths(Pair pair, Scene scene) {
        var pageSize = scene.shape().pageSize();
        var length = pair.model().length();
        var budget = pair.model().spec().budgetPages() * pageSize;
        var border = length / 2 / pageSize * pageSize;
        return List.of(length, length - 1, 0, border, border + 1, budget, Math.min(length, budget + 1));
    }

    /** The same with backups on disk. If it fails, check pages that come back from there. */
    public void required_spec709_pagesComeBackFromDisk() throws IOException {
        need(Feature.TRUNCATION);
        need(Feature.DISK_TIER);
        var directory = Files.createTempDirectory("arkvale-conformance");
        try {
            forAll(generators().overBudgetScenes(), Math.max(1, context().tries() / 5), scene -> {
                try (var lockstep = onDisk(scene, directory)) {
                    var play = new Play(lockstep, scene).prompt(false).decode(Route.OWN_SCORES);
                    for (var length : lengths(play.first(), scene)) {
                        if (length <= play.first().model().length()) {
                            lockstep.tryTruncate(play.first(), length);
                        }
                    }
                    play.decode(play.pairs(), Route.FIVE);
                }
                try (var files = Files.list(directory)) {
                    require(805, files.findAny().isEmpty(), "files are left in the disk directory of a closed cache");
                }
            });
        } finally {
            Files.delete(directory);
        }
    }

    private Lockstep onDisk(Scene scene, Path directory) {
        var room = scene.steps(scene.steps() + 1).cache(1);
        var spec = scene.shape()
                .cache()
                .deviceSlots(room.deviceSlots())
                .disk(room.hostSlots(), directory)
                .build();
        return open(backend(), scene.inputs(spec));
    }

    /** Lengths out of range are refused and change nothing. If it fails, check them before the first change. */
    public void required_spec709_lengthsOutOfRangeAreRefused() {
        need(Feature.TRUNCATION);
        forAll(generators().scenes(), Math.max(1, context().tries() / 5), scene -> {
            try (var lockstep = open(scene)) {
                var play = new Play(lockstep, scene).prompt(false);
                var pair = play.first();
                for (var length : new int[] {-1, pair.model().length() + 1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                    expect(
                            709,
                            InvalidArgumentException.class,
                            "truncate of " + pair + " to " + length,
                            () -> lockstep.cache().truncate(pair.sequence(), length));
                    lockstep.verify(901, 901);
                }
            }
        });
    }

    /**
     * Of drafts the accepted part is kept, as commit and then truncate keep it, in any pool. If it fails, check the window's
     * pages that the draft has let go, pages that come back within the budget, the digest of a page that the rejected tokens
     * had filled, and that every member is cut by its own number.
     */
    public void required_spec710_partsOfDraftsAreKept() {
        need(Feature.MIXED_STEPS);
        need(Feature.TRUNCATION);
        forLives(Kind.DRAFT, Kind.DRAFT, Kind.DRAFT, Kind.MIXED_ROLES, Kind.FORK);
    }

    private Arbitrary<Scene> draftedScenes() {
        return Combinators.combine(
                        generators()
                                .overBudgetScenes()
                                .filter(scene -> scene.shape().pageSize() < 20),
                        Arbitraries.of(1, 2))
                .as((scene, wider) -> scene.settings(one -> Settings.withWiderWindow(one, wider)));
    }

    /**
     * The commit of a part is commit, then truncation, in pools of exactly the need: bit for bit in what follows, if the
     * backend is deterministic. If it fails, check the room that pages come back to.
     */
    public void required_spec710_commitOfAPartIsCommitAndTruncate() {
        need(Feature.MIXED_STEPS);
        need(Feature.TRUNCATION);
        forAll(draftedScenes(), scene -> {
            var most = 2 * scene.shape().pageSize() + 1;
            try (var parts = open(scene.steps(most + 1));
                    var whole = open(scene.steps(most + 1), 2)) {
                parts.record();
                whole.record();
                var one = new Play(parts, scene).prompt(false);
                var other = new Play(whole, scene).prompt(false);
                for (var share = 0; share <= 3; share++) {
                    var tokens = drafts(one, share == 3 ? 1 : most);
                    var kept = kept(tokens, share);
                    drafted(one, tokens).commit(kept);
                    drafted(other, tokens).commit();
                    for (var i = 0; i < kept.length; i++) {
                        var pair = other.pairs().get(i);
                        if (kept[i] < tokens[i]) {
                            require(
                                    709,
                                    whole.tryTruncate(pair, pair.model().length() - tokens[i] + kept[i]),
                                    "there is room, but truncation was refused");
                        }
                    }
                }
                one.decode(one.pairs(), Route.FIVE);
                other.decode(other.pairs(), Route.FIVE);
                if (supports(Feature.DETERMINISTIC)) {
                    Same.require(710, one, other);
                }
            }
        });
    }

    private static LockedStep drafted(Play play, int[] tokens) {
        return play.forward(
                play.lockstep().open(play.pairs(), Collections.nCopies(tokens.length, Role.DECODE), tokens));
    }

    /** A draft of each member that its window allows and its room is enough for. */
    private static int[] drafts(Play play, int most) {
        return play.pairs().stream()
                .mapToInt(pair -> {
                    var scene = play.scene();
                    var prompt = scene.prompts().get(play.pairs().indexOf(pair));
                    var left = prompt
                            + 2 * scene.shape().pageSize()
                            + 1
                            - pair.model().length();
                    return Math.clamp(
                            left,
                            1,
                            Math.min(
                                    most,
                                    pair.model()
                                            .spec()
                                            .mostDrafted(scene.shape().pageSize())));
                })
                .toArray();
    }

    /** None, one, about half or all of each. */
    private static int[] kept(int[] tokens, int share) {
        return Arrays.stream(tokens)
                .map(one -> switch (share) {
                    case 0 -> 0;
                    case 1 -> 1;
                    case 2 -> one / 2;
                    default -> one;
                })
                .toArray();
    }

    /**
     * Numbers that are not one per member, or out of range, or below the tokens of a member that does not decode, are refused
     * and leave the step open. If it fails, check them before anything is committed.
     */
    public void required_spec710_otherNumbersAreRefused() {
        need(Feature.MIXED_STEPS);
        need(Feature.TRUNCATION);
        forAll(draftedScenes(), Math.max(1, context().tries() / 5), scene -> {
            try (var lockstep = open(scene.steps(3), 2)) {
                var play = new Play(lockstep, scene).prompt(false);
                var decoding = lockstep.begin(scene.settings().getFirst());
                var members = List.of(decoding, play.first());
                var step = play.forward(lockstep.open(members, List.of(Role.DECODE, Role.LAST_PROMPT), 2, 2));
                for (var kept : new int[][] {{}, {1}, {1, 2, 0}, {-1, 2}, {3, 2}, {1, 1}, {1, 0}, {1, 3}}) {
                    expect(
                            710,
                            InvalidArgumentException.class,
                            "commit of " + Arrays.toString(kept) + " of DECODE of 2 and LAST_PROMPT of 2 tokens",
                            () -> step.step().commit(kept));
                    lockstep.verify(901, 901);
                }
                step.commit(1, 2);
            }
        });
    }
}
