package io.arkvale.conformance.rules;

import static io.arkvale.conformance.lockstep.RuleViolation.expect;
import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.BackupException;
import io.arkvale.api.Batch;
import io.arkvale.api.Batch.Role;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.CapacityException;
import io.arkvale.api.ClosedException;
import io.arkvale.api.Digest;
import io.arkvale.api.ForeignObjectException;
import io.arkvale.api.GroupScore;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.PoisonedSequenceException;
import io.arkvale.api.Scope;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.SlotNeed;
import io.arkvale.conformance.cases.Inputs.What;
import io.arkvale.conformance.cases.Poisoning;
import io.arkvale.conformance.cases.Route;
import io.arkvale.conformance.cases.Scene;
import io.arkvale.conformance.data.Settings;
import io.arkvale.conformance.lockstep.LockedStep;
import io.arkvale.conformance.lockstep.Lockstep;
import io.arkvale.conformance.lockstep.RuleViolation;
import io.arkvale.conformance.play.ApiCall;
import io.arkvale.conformance.play.Misuse;
import io.arkvale.conformance.play.Play;
import io.arkvale.conformance.property.Context;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Part 9: errors. */
public final class ErrorRules extends Verification {
    /** Called for every test. */
    public ErrorRules(Context context) {
        super(context);
    }

    private void misused(MisuseLaw law) {
        var scenes =
                generators().overBudgetScenes().filter(scene -> scene.shape().pageSize() < 20);
        forAll(scenes, Math.max(1, context().tries() / 5), scene -> {
            try (var lockstep = open(scene.steps(8))) {
                var play = new Play(lockstep, scene).prompt(false);
                law.check(play, new Misuse(play, 2));
            }
        });
    }

    /** What is done to the calls of a step. */
    @FunctionalInterface
    private interface MisuseLaw {
        void check(Play play, Misuse misuse);
    }

    /** Digests that are declared, and that a cache's pages or heads cannot have. */
    private static List<Digest> unfit(CacheSpec spec, Capabilities declared) {
        var unfit = new ArrayList<Digest>();
        unfit.add(Digest.of(Digest.Shape.CUBOID, Digest.Extent.LARGEST)
                .parts(2 * Integer.lowestOneBit(Math.min(spec.pageSize(), 32))));
        unfit.add(Digest.of(Digest.Shape.DISC, Digest.Extent.LARGEST));
        return unfit.stream()
                .filter(declared::supports)
                .filter(digest -> spec.pageSize() % digest.form().parts() != 0
                        || (digest.shape() == Digest.Shape.DISC && spec.headDim() % 2 != 0))
                .toList();
    }

    /**
     * Invalid arguments change nothing, between steps and within them. If it fails, check that everything is validated
     * before the first change.
     */
    public void required_spec901_invalidArgumentsChangeNothing() {
        misused((play, misuse) -> {
            var cache = play.lockstep().cache();
            var spec = play.lockstep().spec();
            var tooDense = new SequenceSpec(
                    5,
                    2,
                    0,
                    1,
                    spec.layers() + 1,
                    play.scene().settings().getFirst().digest(),
                    GroupScore.MEAN,
                    Scope.ATTENDED);
            invalid(play, "begin with too many dense layers", () -> cache.begin(tooDense));
            var ofOtherPages = SequenceSpec.builder(spec.pageSize() + 1)
                    .denseLayers(0)
                    .budgetPages(8)
                    .digest(tooDense.digest())
                    .build();
            invalid(play, "begin with settings for pages of another size", () -> cache.begin(ofOtherPages));
            for (var digest : unfit(spec, play.lockstep().capabilities())) {
                var settings = new SequenceSpec(5, 2, 0, 1, 0, digest, tooDense.groupScore(), tooDense.scope());
                invalid(play, "begin with the digest " + digest, () -> cache.begin(settings));
            }
            invalid(play, "a tensor of no rows", () -> cache.allocateKeys(0));
            invalid(
                    play,
                    "a length beyond int",
                    () -> cache.step(Batch.of(play.first().sequence(), Integer.MAX_VALUE)));
            misuse.decodeStep((step, layer, legal) -> {
                for (var call : legal) {
                    if (!call.declared(play.lockstep().capabilities())) {
                        continue;
                    }
                    for (var outside : new int[] {-1, spec.layers(), Integer.MAX_VALUE}) {
                        invalidLayer(misuse, step, call, outside);
                    }
                }
            });
            misuse.prefillStep(false, (step, layer, legal) -> {
                for (var chunk : new int[][] {{}, new int[step.members().size()], {-1}, {Integer.MAX_VALUE}}) {
                    var padded = chunk.length == 1
                            ? Arrays.copyOf(chunk, step.members().size())
                            : chunk;
                    if (legal.contains(ApiCall.FINISH_PREFILL)) {
                        continue;
                    }
                    var keys = misuse.right(cache, 'K', 40);
                    invalid(
                            play,
                            "a chunk of " + Arrays.toString(padded),
                            () -> step.step().ingest(layer, padded, keys, keys));
                    keys.close();
                }
            });
        });
    }

    private static void invalidLayer(Misuse misuse, LockedStep step, ApiCall call, int layer) {
        misuse.refuseLayer(step, call, layer);
    }

    private static void invalid(Play play, String what, Runnable call) {
        expect(901, InvalidArgumentException.class, what, call);
        play.lockstep().verify(901, 901);
    }

    private Arbitrary<Poisoning> poisonings() {
        return Combinators.combine(
                        generators().overBudgetScenes(),
                        Arbitraries.of(What.KEY, What.VALUE, What.QUERY),
                        Arbitraries.of(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY),
                        Arbitraries.of(true, false),
                        Arbitraries.of(Route.FUSED, Route.FIVE),
                        Arbitraries.of(1, 2))
                .as(Poisoning::new);
    }

    /** A law of poisoned sequences: {@code play} after the step that poisoned its first members. */
    @FunctionalInterface
    private interface PoisonLaw {
        void check(Play play, int poisoned);
    }

    private void poisoned(PoisonLaw law) {
        assumeDeferred();
        forAll(poisonings(), poisoning -> {
            var scene = poisoning.scene();
            var tokens = scene.shape().pageSize() + 1;
            try (var lockstep = open(scene.steps(scene.steps() + tokens + 1), 2)) {
                var play = new Play(lockstep, scene).prompt(false);
                var members = Math.min(poisoning.members(), play.pairs().size());
                var each = new int[play.pairs().size()];
                Arrays.fill(each, poisoning.prefill() ? tokens : 1);
                var step = lockstep.open(play.pairs(), each);
                var layer = (int) (scene.seed() % play.layers());
                for (var member = 0; member < members; member++) {
                    step.corrupt(member, poisoning.what(), layer, poisoning.number());
                }
                for (var i = 0; i < play.layers(); i++) {
                    if (poisoning.prefill()) {
                        step.prefill().layer(i, true, scene.chunk());
                    } else {
                        play.layer(step, i, poisoning.route());
                    }
                }
                step.commitCorrupted();
                law.check(play, members);
            }
        });
    }

    private void assumeDeferred() {
        assume(
                !"immediate".equals(context().options().get("checks")),
                "with the option checks=immediate nothing is deferred");
    }

    /**
     * A key, query or value that is not finite is reported at commit, naming exactly the sequences concerned. If it
     * fails, check every kind of row in decode and prefill, infinities, and members that share a kernel or a page.
     */
    public void required_spec902_nonFiniteNumbersAreReported() {
        poisoned((play, members) -> {});
    }

    /**
     * One bad row of a draft names the member that drafts it and no other, whichever of its rows it is. If it fails, check that
     * every row of a member is looked at, and that rows are told to the right member.
     */
    public void required_spec902_oneBadRowOfADraftNamesItsMember() {
        need(Feature.MIXED_STEPS);
        assumeDeferred();
        forAll(poisonings(), poisoning -> {
            var scene = poisoning.scene().settings(one -> Settings.withWiderWindow(one, 1));
            var most = scene.shape().pageSize() + 1;
            try (var lockstep = open(scene.steps(most + 1))) {
                var play = new Play(lockstep, scene).prompt(false);
                var pairs = play.pairs();
                var tokens = pairs.stream()
                        .mapToInt(pair -> Math.min(
                                most,
                                pair.model().spec().mostDrafted(scene.shape().pageSize())))
                        .toArray();
                var step = lockstep.open(pairs, Collections.nCopies(tokens.length, Role.DECODE), tokens);
                var bad = poisoning.members() % tokens.length;
                step.corrupt(bad, poisoning.what(), (int) (scene.seed() % play.layers()), poisoning.number(), (int)
                        (scene.seed() % tokens[bad]));
                play.forward(step).commitCorrupted();
                lockstep.close(pairs.remove(bad));
                play.decode(pairs, Route.FUSED);
            }
        });
    }

    /** With {@code checks=immediate} they are refused at the call. If it fails, check that nothing was stored before. */
    public void required_spec902_immediateChecksRefuseAtTheCall() {
        assume(offersImmediateChecks(), "the backend has no option 'checks' with the value 'immediate'");
        var options = new HashMap<>(context().options());
        options.put("checks", "immediate");
        try (var checking = context().provider().create(options)) {
            forAll(generators().overBudgetScenes().filter(scene -> scene.shape().pageSize() < 20), few(), scene -> {
                try (var lockstep = open(checking, scene.inputs(scene.steps(8).cache(1)))) {
                    var play = new Play(lockstep, scene).prompt(false);
                    var misuse = new Misuse(play, 2);
                    Misuse.Visitor visitor = (step, layer, legal) -> misuse.withTensors(
                            step,
                            layer,
                            legal,
                            902,
                            InvalidArgumentException.class,
                            kind -> "QKV".indexOf(kind) < 0
                                    ? List.of()
                                    : List.of(misuse.poisoned(
                                            lockstep.cache(),
                                            kind,
                                            step.members().size())));
                    misuse.decodeStep(visitor);
                    misuse.prefillStep(true, visitor);
                    misuse.forwardStep(visitor);
                }
            });
        }
    }

    private int few() {
        return Math.max(1, context().tries() / 5);
    }

    /**
     * The other sequences go on to the same results. If it fails, check that the report of one does not stop the commit
     * of the others.
     */
    public void required_spec903_othersGoOn() {
        poisoned((play, members) -> {
            var others = play.pairs().subList(members, play.pairs().size());
            for (var i = 0; i < play.scene().steps() && !others.isEmpty(); i++) {
                play.decode(others, i % 2 == 0 ? Route.FUSED : Route.FIVE);
            }
        });
    }

    /** A fork made before is another sequence and goes on too. If it fails, check what forks share. */
    public void required_spec903_forksGoOn() {
        need(Feature.FORKS);
        assumeDeferred();
        forAll(generators().overBudgetScenes(), scene -> {
            try (var lockstep = open(scene.steps(scene.steps() + 2), 2)) {
                var play = new Play(lockstep, scene).prompt(false);
                var fork = lockstep.fork(play.first());
                var step = lockstep.decode(List.of(play.first()));
                step.corrupt(0, What.KEY, 0, Float.NaN);
                play.layers(step, Route.FUSED);
                step.commitCorrupted();
                play.decode(List.of(fork), Route.FIVE);
                lockstep.close(play.first());
                play.decode(List.of(fork), Route.FUSED);
            }
        });
    }

    /**
     * An interrupted thread's calls take effect as any other. If it fails, check what the calls wait for: a wait must be
     * taken up again, and the thread be left interrupted.
     */
    public void required_spec910_anInterruptIsNoError() {
        forAll(generators().overBudgetScenes(), few(), scene -> {
            try (var lockstep = open(scene.steps(scene.steps() + 1))) {
                var play = new Play(lockstep, scene).prompt(false);
                Thread.currentThread().interrupt();
                try {
                    play.decode(play.pairs(), Route.OWN_SCORES);
                    require(910, Thread.currentThread().isInterrupted(), "a call has cleared the thread's interrupt");
                } catch (RuleViolation e) {
                    throw new RuleViolation(910, "with the thread interrupted: " + e.getMessage(), e);
                } finally {
                    Thread.interrupted();
                }
                play.decode(Route.FUSED);
            }
        });
    }

    /**
     * With backups on disk an interrupt may cost the sequence whose call it met, and no other. If it fails, check files
     * that an interrupt closes for all: those of interruptible channels.
     */
    public void required_spec910_anInterruptCostsNoOtherSequence() throws IOException {
        need(Feature.DISK_TIER);
        var directory = Files.createTempDirectory("arkvale-conformance");
        try {
            forAll(generators().overBudgetScenes(), few(), scene -> {
                var room = scene.steps(scene.steps() + 3).cache(3);
                var spec = scene.shape()
                        .cache()
                        .deviceSlots(room.deviceSlots())
                        .disk(room.hostSlots(), directory)
                        .build();
                try (var lockstep = open(backend(), scene.inputs(spec))) {
                    var play = new Play(lockstep, scene).prompt(false);
                    play.pairs().addAll(new Play(lockstep, scene).prompt(false).pairs());
                    var first = play.first();
                    Thread.currentThread().interrupt();
                    try {
                        decodeAlone(lockstep, first.sequence());
                    } finally {
                        Thread.interrupted();
                    }
                    play.pairs().remove(first);
                    try {
                        lockstep.forget(first);
                    } catch (RuleViolation e) {
                        throw new RuleViolation(
                                910,
                                "after a call of an interrupted thread another sequence is lost: " + e.getMessage(),
                                e);
                    }
                    play.decode(play.pairs(), Route.OWN_SCORES);
                    play.decode(Route.FUSED);
                }
            });
        } finally {
            Files.delete(directory);
        }
    }

    /** One decode of a sequence that is not compared: it takes effect or names the sequence. */
    private static void decodeAlone(Lockstep lockstep, Sequence sequence) {
        var spec = lockstep.spec();
        var queries = lockstep.staging().queries(List.of(new float[spec.queryHeads() * spec.headDim()]));
        var rows = List.of(new float[spec.kvHeads() * spec.headDim()]);
        try (var step = lockstep.cache().step(Batch.decode(sequence))) {
            for (var layer = 0; layer < spec.layers(); layer++) {
                var staging = lockstep.staging();
                step.decode(layer, queries, staging.keys(rows), staging.values(rows), staging.outputs(1));
            }
            step.commit();
        } catch (BackupException e) {
            require(
                    910,
                    e.poisoned().equals(List.of(sequence)),
                    "BackupException names %s, must name the one sequence of the call",
                    e.poisoned());
        } catch (RuntimeException e) {
            throw new RuleViolation(910, "a call of an interrupted thread raised " + e, e);
        }
    }

    /**
     * A poisoned sequence can only be closed, which frees all it holds. If it fails, check step, fork and close of it.
     */
    public void required_spec904_poisonedSequencesCanOnlyBeClosed() {
        poisoned((play, members) -> {
            var cache = play.lockstep().cache();
            for (var pair : List.copyOf(play.pairs().subList(0, members))) {
                var sequence = pair.sequence();
                if (supports(Feature.FORKS)) {
                    expect(
                            904,
                            PoisonedSequenceException.class,
                            "fork of a poisoned sequence",
                            () -> cache.fork(sequence));
                }
                if (supports(Feature.FORK_SETTINGS)) {
                    expect(
                            904,
                            PoisonedSequenceException.class,
                            "fork at a length of a poisoned sequence",
                            () -> cache.fork(sequence, 0, SequenceSpec.full()));
                }
                if (supports(Feature.TRUNCATION)) {
                    expect(
                            904,
                            PoisonedSequenceException.class,
                            "truncate of a poisoned sequence",
                            () -> cache.truncate(sequence, 0));
                }
                expect(
                        904,
                        PoisonedSequenceException.class,
                        "step of a poisoned sequence",
                        () -> cache.step(Batch.decode(sequence)));
                play.lockstep().close(pair);
            }
            play.lockstep().verify(904, 904);
        });
    }

    /** Closed objects are of no use any more. If it fails, check every method of each. */
    public void required_spec905_closedObjectsAreRefused() {
        forAll(generators().overBudgetScenes(), few(), scene -> {
            try (var lockstep = open(scene.steps(scene.steps() + 2), 2)) {
                var play = new Play(lockstep, scene).prompt(false);
                var cache = lockstep.cache();
                closedSequence(play);
                var tensor = cache.allocateKeys(2);
                tensor.close();
                tensor.close();
                var bytes = MemorySegment.ofArray(new byte[(int) (2 * tensor.rowBytes())]);
                closed("copyFrom a closed tensor", () -> tensor.copyFrom(bytes));
                closed("copyTo a closed tensor", () -> tensor.copyTo(bytes));
                closedTensors(play);
                var step = lockstep.decode(play.pairs());
                play.layers(step, Route.FUSED).commit();
                closed("commit after commit", () -> step.step().commit());
                closed("scoreOffsets after commit", () -> step.step().scoreOffsets(0));
                var undone = lockstep.decode(play.pairs());
                undone.rollBack();
                closed("commit after close", () -> undone.step().commit());
                closed("select after close", () -> undone.step().select(0));
                closedCache(play);
            }
        });
    }

    private static void closed(String what, Runnable call) {
        expect(905, ClosedException.class, what, call);
    }

    private static void closedSequence(Play play) {
        var cache = play.lockstep().cache();
        var another = play.lockstep().begin(play.first().model().spec());
        play.lockstep().close(another);
        var sequence = another.sequence();
        sequence.close();
        if (play.lockstep().capabilities().supports(Feature.FORKS)) {
            closed("fork of a closed sequence", () -> cache.fork(sequence));
        }
        if (play.lockstep().capabilities().supports(Feature.FORK_SETTINGS)) {
            closed("fork at a length of a closed sequence", () -> cache.fork(sequence, 0, SequenceSpec.full()));
        }
        if (play.lockstep().capabilities().supports(Feature.TRUNCATION)) {
            closed("truncate of a closed sequence", () -> cache.truncate(sequence, 0));
        }
        closed("step of a closed sequence", () -> cache.step(Batch.decode(sequence)));
        closed("view of a closed sequence", () -> play.lockstep().view().tokens(sequence, 0));
        play.lockstep().verify(901, 901);
    }

    private static void closedTensors(Play play) {
        var misuse = new Misuse(play, 2);
        Misuse.Visitor visitor =
                (step, layer, legal) -> misuse.withTensors(step, layer, legal, 905, ClosedException.class, kind -> {
                    var tensor = misuse.right(play.lockstep().cache(), kind, misuse.rows(step, kind, layer));
                    tensor.close();
                    return List.of(tensor);
                });
        misuse.decodeStep(visitor);
        misuse.forwardStep(visitor);
    }

    private static void closedCache(Play play) {
        var lockstep = play.lockstep();
        var cache = lockstep.cache();
        var tensor = cache.allocateKeys(1);
        var step = lockstep.decode(play.pairs());
        cache.close();
        cache.close();
        closed("begin on a closed cache", () -> cache.begin(SequenceSpec.full()));
        closed("allocate on a closed cache", () -> cache.allocateKeys(1));
        closed("memory of a closed cache", cache::memory);
        closed("view of a closed cache", () -> cache.view());
        closed("synchronize of a closed cache", cache::synchronize);
        closed("a step of a closed cache", () -> step.step().append(0, tensor, tensor));
        closed(
                "a tensor of a closed cache",
                () -> tensor.copyTo(MemorySegment.ofArray(new byte[(int) tensor.rowBytes()])));
        step.step().close();
    }

    /** Without device slots the step is refused when it opens. If it fails, check what is reserved. */
    public void required_spec906_deviceSlotsRunOut() {
        forAll(generators().scenes(), scene -> {
            var spec = scene.settings().getFirst();
            var cache = scene.cache(1);
            var prompt = scene.prompts().getFirst();
            var least = leastSlots(cache, spec, prompt);
            if (least < 2) {
                return;
            }
            var need = SlotNeed.of(cache.layers(), cache.headGroups(), cache.pageSize(), spec, prompt);
            var small = scene.shape()
                    .cache()
                    .deviceSlots(least - 1)
                    .hostSlots(need.backup())
                    .build();
            refusedPrompt(scene, small, "device");
        });
    }

    /** Slots without which no backend can store a prompt: what is kept, and the last layer's pages before it finishes. */
    private static long leastSlots(CacheSpec cache, SequenceSpec spec, int prompt) {
        var pages = cache.pages(prompt);
        var dense = spec.isLimited() ? spec.denseLayers() : cache.layers();
        var limited = cache.layers() - dense;
        var kept = limited == 0 ? 0 : (limited - 1L) * Math.min(pages, spec.budgetPages()) + pages;
        return cache.headGroups() * ((long) dense * pages + kept);
    }

    /** Without host or disk slots likewise. If it fails, check that backups are reserved, not taken when a page fills. */
    public void required_spec906_backupSlotsRunOut() {
        forAll(generators().overBudgetScenes(), scene -> {
            var spec = scene.settings().getFirst();
            var cache = scene.cache(1);
            var need = SlotNeed.of(
                    cache.layers(),
                    cache.headGroups(),
                    cache.pageSize(),
                    spec,
                    scene.prompts().getFirst());
            var small = scene.shape()
                    .cache()
                    .deviceSlots(need.device())
                    .hostSlots(need.backup() - 1)
                    .build();
            refusedPrompt(scene, small, "host");
        });
    }

    private void refusedPrompt(Scene scene, CacheSpec small, String pool) {
        try (var lockstep = open(backend(), scene.inputs(small))) {
            var pair = lockstep.begin(scene.settings().getFirst());
            var batch = Batch.of(pair.sequence(), scene.prompts().getFirst());
            var error = expect(
                    906,
                    CapacityException.class,
                    "a step that cannot be served for want of " + pool + " slots",
                    () -> lockstep.cache().step(batch).close());
            require(906, error.pool().contains(pool), "the pool is '%s', must name %s", error.pool(), pool);
            require(906, error.needed() > error.free(), "%s: needed must exceed free", error);
            lockstep.verify(901, 901);
        }
    }

    /** Sequences and tensors of another cache are refused. If it fails, check every call that takes one. */
    public void required_spec907_foreignObjectsAreRefused() {
        misused((play, misuse) -> {
            var cache = play.lockstep().cache();
            try (var other = backend().open(play.lockstep().spec())) {
                var foreign = other.begin(play.scene().settings().getFirst());
                foreign(play, "a step of a foreign sequence", () -> cache.step(Batch.decode(foreign)));
                foreign(
                        play,
                        "a step with a foreign sequence",
                        () -> cache.step(Batch.decode(play.first().sequence(), foreign)));
                if (supports(Feature.FORKS)) {
                    foreign(play, "a fork of a foreign sequence", () -> cache.fork(foreign));
                }
                if (supports(Feature.FORK_SETTINGS)) {
                    foreign(
                            play,
                            "a fork at a length of a foreign sequence",
                            () -> cache.fork(foreign, 0, SequenceSpec.full()));
                }
                if (supports(Feature.TRUNCATION)) {
                    foreign(play, "truncate of a foreign sequence", () -> cache.truncate(foreign, 0));
                }
                foreign(
                        play,
                        "a view of a foreign sequence",
                        () -> play.lockstep().view().tokens(foreign, 0));
                Misuse.Visitor visitor = (step, layer, legal) -> misuse.withTensors(
                        step,
                        layer,
                        legal,
                        907,
                        ForeignObjectException.class,
                        kind -> List.of(misuse.right(other, kind, misuse.rows(step, kind, layer))));
                misuse.decodeStep(visitor);
                misuse.forwardStep(visitor);
            }
        });
    }

    private static void foreign(Play play, String what, Runnable call) {
        expect(907, ForeignObjectException.class, what, call);
        play.lockstep().verify(901, 901);
    }
}
