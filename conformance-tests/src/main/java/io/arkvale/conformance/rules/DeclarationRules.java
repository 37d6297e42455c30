package io.arkvale.conformance.rules;

import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.Backend;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.CacheStats;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.MemoryUse;
import io.arkvale.conformance.cases.Inputs;
import io.arkvale.conformance.cases.Route;
import io.arkvale.conformance.cases.Scene;
import io.arkvale.conformance.cases.Shape;
import io.arkvale.conformance.lockstep.Lockstep;
import io.arkvale.conformance.play.Play;
import io.arkvale.conformance.play.Same;
import io.arkvale.conformance.property.Context;
import io.arkvale.conformance.property.Generation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Part 8: declared properties and resources. */
public final class DeclarationRules extends Verification {
    private static final int OPENINGS = 1000;

    /** Called for every test. */
    public DeclarationRules(Context context) {
        super(context);
    }

    /** The same calls give the same bits. If it fails, check sums whose order depends on timing. */
    public void required_spec801_sameCallsGiveTheSameBits() {
        need(Feature.DETERMINISTIC);
        forAll(generators().scenes(), scene -> {
            try (var one = open(scene);
                    var other = open(scene)) {
                Same.require(801, played(one, scene), played(other, scene));
            }
        });
    }

    private static Play played(Lockstep lockstep, Scene scene) {
        lockstep.record();
        return new Play(lockstep, scene).prompt().decode(Route.FUSED);
    }

    /**
     * A sequence's bits do not depend on the batch's order and company. If it fails, check work that is split by what
     * the whole batch holds.
     */
    public void required_spec802_companyDoesNotMatter() {
        need(Feature.BATCH_INVARIANT);
        forAll(generators().scenes(), scene -> {
            try (var together = open(scene)) {
                var all = played(together, scene);
                for (var i = 0; i < scene.settings().size(); i++) {
                    requireAlone(scene, all, i);
                }
            }
        });
    }

    private void requireAlone(Scene scene, Play all, int member) {
        var only = scene.only(member);
        try (var lockstep = open(only)) {
            lockstep.record();
            var play = new Play(lockstep, only);
            var pair = lockstep.begin(
                    only.settings().getFirst(), all.pairs().get(member).text());
            play.pairs().add(pair);
            play.prefill(play.pairs(), play.tokens(), all.attending());
            play.decode(Route.FUSED);
            Same.require(802, all, all.pairs().get(member), play, pair);
        }
    }

    /**
     * Nor do they depend on forks. If it fails, check a fork's shared pages and the copy of its last one.
     */
    public void required_spec803_forksDoNotMatter() {
        need(Feature.FORKS);
        need(Feature.BATCH_INVARIANT);
        forAll(generators().scenes(), scene -> {
            try (var plain = open(scene);
                    var forking = open(scene, 2)) {
                var one = played(plain, scene);
                var other = new Play(forking, scene);
                forking.record();
                other.prompt();
                var forks = other.pairs().stream()
                        .map(pair -> forking.fork(pair, pair.text() + 100))
                        .toList();
                for (var i = 0; i < scene.steps(); i++) {
                    other.decode(other.pairs(), Route.FUSED);
                    other.decode(forks, Route.OWN_SCORES);
                }
                Same.require(803, one, other);
            }
        });
    }

    /** Nor on the number of threads, where the backend has an option for it. If it fails, check split points. */
    public void required_spec803_threadsDoNotMatter() {
        need(Feature.BATCH_INVARIANT);
        var hasThreads = context().provider().options().stream()
                .anyMatch(option -> option.name().equals("threads"));
        assume(hasThreads, "the backend has no option 'threads'");
        try (var single = withThreads("1");
                var several = withThreads("3")) {
            forAll(generators().scenes(), scene -> {
                Inputs inputs = scene.inputs(scene.cache(1));
                try (var one = open(single, inputs);
                        var other = open(several, inputs)) {
                    Same.require(803, played(one, scene), played(other, scene));
                }
            });
        }
    }

    private Backend withThreads(String threads) {
        Map<String, String> options = new HashMap<>(context().options());
        options.put("threads", threads);
        return context().provider().create(options);
    }

    /**
     * A closed sequence gives back all that no fork shares, the last sharer the rest. If it fails, check reference
     * counts of slots, backups and digests.
     */
    public void required_spec804_closingGivesEverythingBack() {
        forAll(generators().scenes(), scene -> {
            try (var lockstep = open(scene.steps(scene.steps() + 1), 3)) {
                var play = new Play(lockstep, scene).prompt(false);
                var forks = new ArrayList<>(play.forkOf(play.first()));
                var second = forks.isEmpty() ? forks : play.forkOf(forks.getFirst());
                var both = new ArrayList<>(forks);
                both.add(play.first());
                play.decode(both, Route.OWN_SCORES);
                play.decode(play.pairs(), Route.FUSED);
                lockstep.close(play.first());
                play.decode(second, Route.FUSED);
                second.forEach(lockstep::close);
                forks.forEach(lockstep::close);
                play.pairs().stream().skip(1).forEach(lockstep::close);
                requireNothing(804, lockstep.cache().memory());
            }
        });
    }

    private static void requireNothing(int rule, MemoryUse memory) {
        require(
                rule,
                memory.usedDeviceSlots() == 0
                        && memory.reservedDeviceSlots() == 0
                        && memory.usedHostSlots() == 0
                        && memory.usedDiskSlots() == 0
                        && memory.digests() == 0,
                "with every sequence closed, %s",
                memory);
    }

    /**
     * A thousand caches, closed in every state, leave no memory behind. If it fails, check tensors, scratch and staging
     * that belong to a cache.
     */
    public void required_spec805_closedCachesLeaveNothing() {
        var scene = Generation.next(
                        Generation.generator(generators().overBudgetScenes(), false),
                        new Random(context().seed()))
                .value();
        var before = backend().memory();
        for (var i = 0; i < OPENINGS; i++) {
            try (var lockstep = open(scene.shape(small(scene)).prompts(shortPrompts(scene)))) {
                use(lockstep, scene.shape(small(scene)).prompts(shortPrompts(scene)), i);
            }
            if (i % 100 == 0 || i == OPENINGS - 1) {
                var after = backend().memory();
                require(805, after.equals(before), "before: %s; after %d openings: %s", before, i + 1, after);
            }
        }
    }

    private static Shape small(Scene scene) {
        var shape = scene.shape();
        return new Shape(1, 1, shape.queryHeadsPerKvHead(), shape.headDim(), shape.elementType(), shape.pageSize(), 1);
    }

    private static List<Integer> shortPrompts(Scene scene) {
        return scene.prompts().stream().map(prompt -> Math.min(prompt, 20)).toList();
    }

    /** Leaves a cache to be closed empty, with sequences, with tensors, or in the middle of a step. */
    private static void use(Lockstep lockstep, Scene scene, int round) {
        if (round % 10 > 0) {
            return;
        }
        var play = new Play(lockstep, scene).prompt(false);
        if (round % 20 == 0) {
            lockstep.decode(play.pairs()).decode().append(0);
        }
    }

    /** The same for the files of the disk tier. If it fails, check files of caches closed in the middle of a step. */
    public void required_spec805_closedCachesLeaveNoFiles() throws IOException {
        need(Feature.DISK_TIER);
        var directory = Files.createTempDirectory("arkvale-conformance");
        try {
            forAll(generators().overBudgetScenes(), Math.max(1, context().tries() / 5), scene -> {
                var before = backend().memory();
                try (var lockstep = open(backend(), scene.inputs(onDisk(scene, directory)))) {
                    var play = new Play(lockstep, scene).prompt(false);
                    play.decode(play.pairs(), Route.OWN_SCORES);
                    lockstep.decode(play.pairs()).decode().append(0);
                }
                require(
                        805,
                        backend().memory().equals(before),
                        "before: %s; after: %s",
                        before,
                        backend().memory());
                try (var files = Files.list(directory)) {
                    var left = files.toList();
                    require(805, left.isEmpty(), "left behind: %s", left);
                }
            });
        } finally {
            try (var files = Files.list(directory)) {
                for (var file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        }
    }

    private static CacheSpec onDisk(Scene scene, Path directory) {
        var room = scene.steps(scene.steps() + 2).cache(1);
        return scene.shape()
                .cache()
                .deviceSlots(room.deviceSlots())
                .disk(room.hostSlots(), directory)
                .build();
    }

    /** Slots, digests and reservations are counted exactly. If it fails, check each of them on forks and rollback. */
    public void required_spec806_memoryIsCountedExactly() {
        forAll(generators().scenes(), scene -> {
            try (var lockstep = open(scene, 2)) {
                var play = new Play(lockstep, scene).prompt(false);
                var fork = play.forkOf(play.first());
                play.decode(play.pairs(), Route.FUSED);
                if (scene.steps() > 1) {
                    play.decode(fork, Route.OWN_SCORES);
                }
                requireBytes(lockstep);
            }
        });
    }

    /**
     * A backend's stats are the sum of its caches', closed ones too; steps that were given up count nothing. The lockstep
     * compares a cache's stats with its reports in every test. If it fails, check what a cache leaves behind when it closes.
     */
    public void required_spec807_statsAreTheSumOfTheReports() {
        forAll(generators().overBudgetScenes(), Math.max(1, context().tries() / 5), scene -> {
            var before = backend().stats();
            var first = CacheStats.NONE;
            try (var lockstep = open(scene.steps(scene.steps() + 1))) {
                var play = new Play(lockstep, scene).prompt(false).decode(Route.OWN_SCORES);
                play.layers(lockstep.decode(play.pairs()), Route.FUSED).rollBack();
                lockstep.verify(807, 807);
                first = lockstep.cache().stats();
                requireSum(before, first);
            }
            requireSum(before, first);
            try (var lockstep = open(scene)) {
                new Play(lockstep, scene).prompt(false);
                requireSum(before, first.plus(lockstep.cache().stats()));
            }
        });
    }

    private void requireSum(CacheStats before, CacheStats since) {
        var sum = before.plus(since);
        require(
                807,
                backend().stats().equals(sum),
                "the backend's stats are %s, must be %s: those of all its caches, closed ones too",
                backend().stats(),
                sum);
    }

    private static void requireBytes(Lockstep lockstep) {
        var slotBytes = lockstep.cache().slotBytes();
        var memory = lockstep.cache().memory();
        require(806, slotBytes >= 1, "slotBytes is %d, must be at least 1", slotBytes);
        require(
                806,
                memory.deviceBytes() >= memory.usedDeviceSlots() * slotBytes,
                "%s: fewer device bytes than used slots hold",
                memory);
        require(
                806,
                memory.hostBytes() >= memory.usedHostSlots() * slotBytes,
                "%s: fewer host bytes than used slots hold",
                memory);
    }
}
