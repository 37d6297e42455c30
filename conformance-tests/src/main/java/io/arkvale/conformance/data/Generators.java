package io.arkvale.conformance.data;

import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.Capabilities.SizeRange;
import io.arkvale.api.Digest;
import io.arkvale.api.ElementType;
import io.arkvale.api.GroupScore;
import io.arkvale.api.LayerBudget;
import io.arkvale.api.Scope;
import io.arkvale.api.SequenceSpec;
import io.arkvale.conformance.cases.Action;
import io.arkvale.conformance.cases.Action.Kind;
import io.arkvale.conformance.cases.DataKind;
import io.arkvale.conformance.cases.Life;
import io.arkvale.conformance.cases.Scene;
import io.arkvale.conformance.cases.Shape;
import io.arkvale.conformance.cases.TensorCase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;

/** Generators of shapes, settings and scenes within what a backend declares. Cases shrink towards the small and plain. */
public final class Generators {
    private final Capabilities capabilities;
    private final DeclaredDigests digests;

    /** Generators within the given declaration. */
    public Generators(Capabilities capabilities) {
        this.capabilities = capabilities;
        digests = new DeclaredDigests(capabilities);
    }

    /** Shapes: small ones mostly, the limits of the declaration now and then. */
    public Arbitrary<Shape> shapes() {
        return shapes(pageSizes());
    }

    /** Shapes of pages of at most 8 tokens, for long lives of caches; layers with windows now and then. */
    public Arbitrary<Shape> smallShapes() {
        var plain = shapes(sizes(capabilities.pageSizes(), new int[] {2, 1, 3, 4, 8}, new int[] {}));
        return capabilities.supports(Feature.LAYER_WINDOWS)
                ? Combinators.combine(
                                plain,
                                Arbitraries.frequencyOf(
                                        Tuple.of(3, Arbitraries.just(List.<Integer>of())), Tuple.of(1, windows())))
                        .as(Shape::withWindows)
                : plain;
    }

    /** Windows of up to three layers, at least one. */
    private static Arbitrary<List<Integer>> windows() {
        return Arbitraries.of(1, 2, 3, 5, 8, 13, 30, 0, 0)
                .list()
                .ofSize(3)
                .filter(windows -> windows.stream().anyMatch(window -> window > 0));
    }

    /** Scenes of shapes whose first layer has a window. */
    public Arbitrary<Scene> windowedScenes() {
        var shapes = Combinators.combine(shapes(), Arbitraries.of(3, 1, 2, 5, 8, 21), windows())
                .as((shape, first, others) -> shape.withWindows(List.of(first, others.get(1), others.get(2))));
        return scenes(shapes, settings(), kinds());
    }

    /** Scenes of sequences whose layers, and where it is declared head groups, have budgets of their own. */
    public Arbitrary<Scene> layerBudgetScenes() {
        var shapes = shapes().map(shape -> shape.atLeastLayers(2));
        var divided = capabilities.supports(Feature.GROUP_BUDGETS)
                ? shapes.filter(shape -> shape.kvHeads() > 1).map(Shape::withAGroupForEachKvHead)
                : shapes;
        return scenes(divided, withLayerBudgets(limitedSettings(), 2), kinds()).map(Generators::exceedBudgets);
    }

    /** A budget of a layer or a head group by what it has more than the sequence's; none of a dense layer. */
    private record OwnBudget(int layer, int group, int ranked, int slack) {
        LayerBudget on(SequenceSpec spec) {
            if (slack < 0) {
                return new LayerBudget(layer, LayerBudget.ALL_GROUPS, SequenceSpec.NO_BUDGET, SequenceSpec.NO_BUDGET);
            }
            var attended = spec.sinkPages() + spec.windowPages() - 1 + ranked;
            return new LayerBudget(layer, group, attended + 1 + slack, attended);
        }
    }

    private Arbitrary<SequenceSpec> withLayerBudgets(Arbitrary<SequenceSpec> settings, int least) {
        if (!capabilities.supports(Feature.LAYER_BUDGETS) || !capabilities.supportsBudgets()) {
            return settings;
        }
        var groups = capabilities.supports(Feature.GROUP_BUDGETS)
                ? Arbitraries.of(0, 1, LayerBudget.ALL_GROUPS, 2, 3)
                : Arbitraries.just(LayerBudget.ALL_GROUPS);
        var budgets = Combinators.combine(
                        Arbitraries.of(0, 1, 2), groups, Arbitraries.of(1, 2, 4), Arbitraries.of(0, 1, 3, -1))
                .as(OwnBudget::new);
        return Combinators.combine(settings, budgets.list().ofMinSize(least).ofMaxSize(4))
                .as(Generators::withLayerBudgets);
    }

    /** Those of the budgets that go together: none twice, and head groups of layers with a budget alone. */
    private static SequenceSpec withLayerBudgets(SequenceSpec spec, List<OwnBudget> wanted) {
        var budgets = new ArrayList<LayerBudget>();
        var groupsLast = wanted.stream()
                .map(one -> one.on(spec))
                .sorted(Comparator.comparingInt(LayerBudget::group))
                .toList();
        for (var one : groupsLast) {
            var isNew =
                    budgets.stream().noneMatch(other -> other.layer() == one.layer() && other.group() == one.group());
            var hasLimitedLayer = spec.withLayerBudgets(budgets).isLimited(one.layer());
            if (isNew && (one.group() == LayerBudget.ALL_GROUPS || hasLimitedLayer)) {
                budgets.add(one);
            }
        }
        return spec.withLayerBudgets(budgets);
    }

    private Arbitrary<Shape> shapes(Arbitrary<Integer> pageSizes) {
        var heads = Arbitraries.of(1, 2, 3, 4)
                .flatMap(kvHeads -> Arbitraries.of(headGroups(kvHeads)).map(groups -> Tuple.of(kvHeads, groups)));
        return Combinators.combine(
                        Arbitraries.of(1, 2, 3), heads, ratios(), headDims(), elementTypes(), pageSizes, scales())
                .as((layers, kvAndGroups, ratio, headDim, type, pageSize, scale) -> new Shape(
                                layers, kvAndGroups.get1(), ratio, headDim, type, pageSize, kvAndGroups.get2())
                        .withAttentionScale(scale)
                        .affordable(least(capabilities.queryHeadsPerKvHead())));
    }

    /** Tensors, of scores or not, and what is done to them. */
    public Arbitrary<TensorCase> tensors() {
        return Combinators.combine(
                        scenes(),
                        Arbitraries.of(false, true),
                        Arbitraries.integers().between(1, 9),
                        Arbitraries.integers().between(1, 5),
                        Arbitraries.integers().between(1, 70),
                        Arbitraries.integers().between(0, 7),
                        seeds())
                .as(TensorCase::new);
    }

    /** The usual scale mostly, which 0 stands for. */
    private Arbitrary<Double> scales() {
        return capabilities.supports(Feature.ATTENTION_SCALE)
                ? Arbitraries.of(0.0, 0.0, 0.0, 0.0, 0.0625, 0.3, 1.0)
                : Arbitraries.just(0.0);
    }

    /** Element types that the backend declares. */
    public Arbitrary<ElementType> elementTypes() {
        return Arbitraries.of(new TreeSet<>(capabilities.elementTypes()));
    }

    private static int least(SizeRange range) {
        return Math.ceilDiv(range.least(), range.step()) * range.step();
    }

    private Arbitrary<Integer> ratios() {
        return sizes(capabilities.queryHeadsPerKvHead(), new int[] {1, 2, 4}, new int[] {3, 5, 6, 7, 8});
    }

    private Arbitrary<Integer> headDims() {
        return sizes(capabilities.headDims(), new int[] {16, 32, 64}, new int[] {
            1, 2, 3, 7, 8, 15, 17, 24, 31, 33, 48, 65, 80, 96, 128, 256
        });
    }

    private Arbitrary<Integer> pageSizes() {
        return sizes(
                capabilities.pageSizes(), new int[] {2, 1, 3, 4, 8}, new int[] {5, 7, 13, 16, 16, 32, 32, 64, 128});
    }

    private static Arbitrary<Integer> sizes(SizeRange range, int[] usual, int[] rare) {
        var often = IntStream.of(usual).filter(range::contains).boxed().toList();
        var seldom = IntStream.concat(IntStream.of(rare), IntStream.of(least(range)))
                .filter(range::contains)
                .boxed()
                .toList();
        if (often.isEmpty()) {
            return Arbitraries.of(seldom);
        }
        return Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.of(often)), Tuple.of(1, Arbitraries.of(seldom.isEmpty() ? often : seldom)));
    }

    /**
     * Settings with a budget, from the least legal upward.
     *
     * @throws SkippedException if the backend declares no budgets
     */
    public Arbitrary<SequenceSpec> limitedSettings() {
        var pinned = Combinators.combine(Arbitraries.of(0, 1, 2), Arbitraries.of(1, 2, 3))
                .as((sink, window) -> Tuple.of(sink, window));
        return Combinators.combine(
                        pinned,
                        Arbitraries.of(1, 2, 3, 4),
                        Arbitraries.of(0, 1, 2, 4),
                        Arbitraries.frequency(Tuple.of(3, 0), Tuple.of(1, 1)),
                        digests.any(),
                        Arbitraries.of(capabilities.groupScores()),
                        Arbitraries.of(capabilities.scopes()))
                .as(Generators::limited);
    }

    private static SequenceSpec limited(
            Tuple2<Integer, Integer> pinned,
            int ranked,
            int slack,
            int dense,
            Digest digest,
            GroupScore groupScore,
            Scope scope) {
        int sink = pinned.get1();
        int window = pinned.get2();
        var attended = sink + window - 1 + ranked;
        return new SequenceSpec(attended + 1 + slack, attended, sink, window, dense, digest, groupScore, scope);
    }

    /** Scenes of sequences with a budget that their prompts exceed, all with one digest. */
    public Arbitrary<Scene> digestScenes() {
        return digestScenes(digests.any());
    }

    /**
     * The same with a digest that bounds every dot product.
     *
     * @throws SkippedException if the backend declares none
     */
    public Arbitrary<Scene> boundScenes() {
        return digestScenes(digests.bounds());
    }

    private Arbitrary<Scene> digestScenes(Arbitrary<Digest> some) {
        return Combinators.combine(overBudgetScenes(), some)
                .as((scene, digest) -> scene.settings(one -> Settings.with(
                        one,
                        digests.fitting(
                                digest, scene.shape().pageSize(), scene.shape().headDim()))));
    }

    /** Settings with a budget mostly, without one now and then. */
    public Arbitrary<SequenceSpec> settings() {
        if (!capabilities.supportsBudgets()) {
            return Arbitraries.just(SequenceSpec.full());
        }
        return Arbitraries.frequencyOf(
                Tuple.of(8, limitedSettings()), Tuple.of(1, Arbitraries.just(SequenceSpec.full())));
    }

    /** Settings of a life: with budgets of layers and head groups now and then. */
    private Arbitrary<SequenceSpec> livingSettings() {
        return Arbitraries.frequencyOf(Tuple.of(3, settings()), Tuple.of(1, withLayerBudgets(settings(), 0)));
    }

    /** Every kind of numbers that can be attended to, normal ones most often. */
    public Arbitrary<DataKind> kinds() {
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(DataKind.NORMAL)), Tuple.of(4, Arbitraries.of(DataKind.attended())));
    }

    /** Seeds of numbers. */
    public Arbitrary<Long> seeds() {
        return Arbitraries.longs().between(0, 1_000_000);
    }

    /** Scenes of one to three sequences. */
    public Arbitrary<Scene> scenes() {
        return scenes(shapes(), settings(), kinds());
    }

    /** Scenes of sequences with a budget that their prompts exceed. */
    public Arbitrary<Scene> overBudgetScenes() {
        return overBudgetScenes(kinds());
    }

    /** Scenes of sequences with a budget that their prompts exceed, on some kinds of numbers. */
    public Arbitrary<Scene> overBudgetScenes(Arbitrary<DataKind> kinds) {
        return scenes(shapes(), limitedSettings(), kinds).map(Generators::exceedBudgets);
    }

    /** Scenes of the given parts. */
    public Arbitrary<Scene> scenes(
            Arbitrary<Shape> shapes, Arbitrary<SequenceSpec> settings, Arbitrary<DataKind> kinds) {
        return Arbitraries.of(1, 1, 2, 3)
                .flatMap(size -> Combinators.combine(
                                shapes,
                                settings.list().ofSize(size),
                                Arbitraries.integers().between(1, 12).list().ofSize(size),
                                Arbitraries.integers().between(0, 127).list().ofSize(size),
                                Arbitraries.integers().between(1, 8),
                                Arbitraries.of(1000, 1, 3, 7),
                                kinds,
                                seeds())
                        .as(this::scene));
    }

    private Scene scene(
            Shape shape,
            List<SequenceSpec> settings,
            List<Integer> pages,
            List<Integer> offsets,
            int steps,
            int chunk,
            DataKind kind,
            long seed) {
        var fitting = fitting(settings, shape);
        var prompts = IntStream.range(0, pages.size())
                .mapToObj(i -> (pages.get(i) - 1) * shape.pageSize() + 1 + offsets.get(i) % shape.pageSize())
                .toList();
        return new Scene(shape, fitting, prompts, steps, chunk, kind, seed);
    }

    private static Scene exceedBudgets(Scene scene) {
        var pageSize = scene.shape().pageSize();
        var prompts = IntStream.range(0, scene.settings().size())
                .mapToObj(i -> scene.prompts().get(i) % (4 * pageSize)
                        + scene.settings().get(i).budgetPages() * pageSize
                        + 1)
                .toList();
        return scene.settings(one -> Settings.withDenseLayers(one, 0)).prompts(prompts);
    }

    private List<Integer> headGroups(int kvHeads) {
        return capabilities.supports(Feature.HEAD_GROUPS) ? divisors(kvHeads) : List.of(1);
    }

    private static List<Integer> divisors(int number) {
        return Arrays.stream(new int[] {1, 2, 3, 4})
                .filter(divisor -> number % divisor == 0)
                .boxed()
                .toList();
    }

    /**
     * Lives of caches of small pages.
     *
     * @param kinds kinds of what happens
     * @param most most actions
     */
    public Arbitrary<Life> lives(Arbitrary<Kind> kinds, int most) {
        return Combinators.combine(
                        smallShapes(),
                        livingSettings().list().ofMinSize(1).ofMaxSize(3),
                        Arbitraries.of(1, 2),
                        kinds(),
                        seeds(),
                        actions(kinds)
                                .list()
                                .ofMinSize(1)
                                .ofMaxSize(most)
                                .withSizeDistribution(RandomDistribution.uniform()))
                .as((shape, settings, copies, kind, seed, actions) ->
                        new Life(shape, fitting(settings, shape), copies, kind, seed, actions));
    }

    private static Arbitrary<Action> actions(Arbitrary<Kind> kinds) {
        return Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(0, 15),
                        Arbitraries.integers().between(0, 63))
                .as(Action::new);
    }

    private List<SequenceSpec> fitting(List<SequenceSpec> settings, Shape shape) {
        return settings.stream()
                .map(one -> Settings.fitting(one, shape))
                .map(one -> Settings.with(one, digests.fitting(one.digest(), shape.pageSize(), shape.headDim())))
                .toList();
    }
}
