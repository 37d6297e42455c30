package io.arkvale.conformance.data;

import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.Capabilities.SizeRange;
import io.arkvale.api.Capabilities.Unit;
import io.arkvale.api.Digest;
import io.arkvale.api.ElementType;
import io.arkvale.api.GroupScore;
import io.arkvale.api.Scope;
import io.arkvale.api.SequenceSpec;
import io.arkvale.conformance.cases.DataKind;
import io.arkvale.conformance.cases.Scene;
import io.arkvale.conformance.cases.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Scenes that are large in one way and small in every other: what is counted crosses the sizes at which backends cut
 * their work, powers of two and those that the backend names.
 */
public final class Sizes {
    private static final List<Integer> USUAL = List.of(32, 64, 128);

    /** Pages of a long sequence and tokens to attend to are cheap, so that they go further. */
    private static final List<Integer> FAR = List.of(256, 299);

    private static final int[] HEAD_DIMS = {4, 8, 16, 32, 1};
    private static final int[] PAGE_SIZES = {2, 1, 3, 4};

    private final Capabilities capabilities;
    private final DeclaredDigests digests;
    private final SplittableRandom random;
    private final long seed;

    /** Scenes within the given declaration; the seed chooses what their size leaves open. */
    public Sizes(Capabilities capabilities, long seed) {
        this.capabilities = capabilities;
        digests = new DeclaredDigests(capabilities);
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    /** Sequences whose filled pages come to one less, exactly and one more than a size, on a small budget. */
    public List<Scene> manyPages() {
        var scenes = new ArrayList<Scene>();
        var shape = small();
        for (var size : sizes(Unit.PAGES, true)) {
            var prompt = (size - 1) * shape.pageSize();
            scenes.add(scene(shape, List.of(limited(5, 4, 1)), List.of(Math.max(1, prompt)), 2 * shape.pageSize() + 1));
        }
        return scenes;
    }

    /** Sequences that attend to one page less, exactly and one more than a size, the last page left out. */
    public List<Scene> manyAttendedPages() {
        var scenes = new ArrayList<Scene>();
        var shape = small();
        for (var size : sizes(Unit.PAGES, false)) {
            var settings = new ArrayList<SequenceSpec>();
            for (var attended = Math.max(2, size - 1); attended <= size + 1; attended++) {
                settings.add(limited(attended + 2, attended, 1));
            }
            var prompt = (size + size / 4 + 6) * shape.pageSize();
            scenes.add(scene(shape, settings, Collections.nCopies(settings.size(), prompt), shape.pageSize() + 1));
        }
        return scenes;
    }

    /** Sequences that keep everything, or the half of it, and whose tokens cross a size, in prefill and in decode. */
    public List<Scene> manyTokens() {
        var scenes = new ArrayList<Scene>();
        var shape = with(small(), pick(capabilities.pageSizes(), 16, 8, 32));
        for (var size : sizes(Unit.TOKENS, true)) {
            scenes.add(scene(shape, List.of(SequenceSpec.full()), List.of(Math.max(1, size - 1)), 2));
            scenes.add(scene(shape, List.of(SequenceSpec.full()), List.of(size + 1), 1));
            if (capabilities.supports(Feature.LAYER_WINDOWS) && !FAR.contains(size)) {
                var windowed = shape.withWindows(List.of(size / 2 + 1));
                scenes.add(scene(windowed, List.of(SequenceSpec.full()), List.of(size + 1), 1));
            }
        }
        return scenes;
    }

    /** Caches of many query heads. */
    public List<Scene> manyQueryHeads() {
        var scenes = new ArrayList<Scene>();
        for (var size : around(Unit.QUERY_HEADS)) {
            for (var ratio = Math.min(size, capabilities.queryHeadsPerKvHead().most()); ratio >= 1; ratio--) {
                if (size % ratio == 0 && capabilities.queryHeadsPerKvHead().contains(ratio)) {
                    scenes.add(overBudget(heads(size / ratio, ratio, 1), 1));
                    break;
                }
            }
        }
        return scenes;
    }

    /** Caches of many KV heads. */
    public List<Scene> manyKvHeads() {
        return around(Unit.KV_HEADS).stream()
                .map(size -> overBudget(heads(size, least(capabilities.queryHeadsPerKvHead()), 1), 1))
                .toList();
    }

    /**
     * Caches of many head groups.
     *
     * @throws SkippedException if the backend does not declare them
     */
    public List<Scene> manyHeadGroups() {
        if (!capabilities.supports(Feature.HEAD_GROUPS)) {
            throw new SkippedException("the backend does not declare " + Feature.HEAD_GROUPS.words());
        }
        return around(Unit.HEAD_GROUPS).stream()
                .map(size -> overBudget(heads(size, least(capabilities.queryHeadsPerKvHead()), size), 1))
                .toList();
    }

    /** Batches of many sequences. */
    public List<Scene> manySequences() {
        return around(Unit.SEQUENCES).stream()
                .map(size -> overBudget(small(), size))
                .toList();
    }

    /** Sequences a few pages over their budgets, or within it where none is declared. */
    private Scene overBudget(Shape shape, int sequences) {
        var settings = new ArrayList<SequenceSpec>();
        var prompts = new ArrayList<Integer>();
        for (var i = 0; i < sequences; i++) {
            settings.add(limited(3, 2, 0));
            prompts.add((3 + i % 3) * shape.pageSize() + i % shape.pageSize());
        }
        return scene(shape, settings, prompts, shape.pageSize() + 1);
    }

    private Scene scene(Shape shape, List<SequenceSpec> settings, List<Integer> prompts, int steps) {
        var fitting = settings.stream()
                .map(one -> Settings.with(one, digests.fitting(one.digest(), shape.pageSize(), shape.headDim())))
                .toList();
        return new Scene(shape, fitting, prompts, steps, Integer.MAX_VALUE, DataKind.NORMAL, seed);
    }

    private SequenceSpec limited(int budget, int attended, int sink) {
        return capabilities.supportsBudgets()
                ? new SequenceSpec(
                        budget,
                        attended,
                        sink,
                        1,
                        0,
                        any(digests.some(), Digest[]::new),
                        any(capabilities.groupScores(), GroupScore[]::new),
                        any(capabilities.scopes(), Scope[]::new))
                : SequenceSpec.full();
    }

    private Shape small() {
        return heads(1, least(capabilities.queryHeadsPerKvHead()), 1);
    }

    private Shape heads(int kvHeads, int ratio, int groups) {
        return new Shape(
                1,
                kvHeads,
                ratio,
                pick(capabilities.headDims(), HEAD_DIMS),
                any(capabilities.elementTypes(), ElementType[]::new),
                pick(capabilities.pageSizes(), PAGE_SIZES),
                groups);
    }

    private static Shape with(Shape shape, int pageSize) {
        return new Shape(
                shape.layers(),
                shape.kvHeads(),
                shape.queryHeadsPerKvHead(),
                shape.headDim(),
                shape.elementType(),
                pageSize,
                shape.headGroups());
    }

    /** Sizes that a scene crosses as it grows. */
    private SortedSet<Integer> sizes(Unit unit, boolean far) {
        var sizes = new TreeSet<>(USUAL);
        if (far) {
            sizes.addAll(FAR);
        }
        sizes.addAll(capabilities.blockSizes(unit));
        return sizes;
    }

    /** One less, exactly and one more than each size. */
    private SortedSet<Integer> around(Unit unit) {
        var around = new TreeSet<Integer>();
        for (var size : sizes(unit, false)) {
            IntStream.rangeClosed(Math.max(1, size - 1), size + 1).forEach(around::add);
        }
        return around;
    }

    private static int pick(SizeRange range, int... wanted) {
        return IntStream.of(wanted).filter(range::contains).findFirst().orElse(least(range));
    }

    private static int least(SizeRange range) {
        return Math.ceilDiv(range.least(), range.step()) * range.step();
    }

    private <E> E any(Collection<E> some, IntFunction<E[]> array) {
        var all = some.toArray(array);
        return all[random.nextInt(all.length)];
    }
}
