package io.arkvale.conformance.rules;

import static io.arkvale.conformance.lockstep.RuleViolation.expect;
import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.ArkValeException;
import io.arkvale.api.Availability;
import io.arkvale.api.BackendProvider;
import io.arkvale.api.BackendUnavailableException;
import io.arkvale.api.Backends;
import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.Capabilities.SizeRange;
import io.arkvale.api.ClosedException;
import io.arkvale.api.Digest;
import io.arkvale.api.ElementType;
import io.arkvale.api.GroupScore;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.LayerBudget;
import io.arkvale.api.Scope;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.UnsupportedFeatureException;
import io.arkvale.api.UnsupportedSpecException;
import io.arkvale.conformance.cases.DataKind;
import io.arkvale.conformance.cases.Route;
import io.arkvale.conformance.cases.Scene;
import io.arkvale.conformance.cases.Shape;
import io.arkvale.conformance.lockstep.Findings;
import io.arkvale.conformance.lockstep.Lockstep;
import io.arkvale.conformance.lockstep.RuleViolation;
import io.arkvale.conformance.play.Misuse;
import io.arkvale.conformance.play.Play;
import io.arkvale.conformance.property.Context;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Part 1: providers and backends. */
public final class BackendRules extends Verification {
    private static final int THREADS = 4;

    /** Called for every test. */
    public BackendRules(Context context) {
        super(context);
    }

    /** The provider is found under a plain id. If it fails, check {@code provides} and {@code META-INF/services}. */
    public void required_spec101_providerIsFoundByItsId() {
        var id = context().provider().id();
        require(101, id.matches("[a-z0-9-]+"), "the id '%s' must be lower-case letters, digits and '-'", id);
        var found =
                Backends.providers().stream().anyMatch(provider -> provider.id().equals(id));
        require(101, found, "ServiceLoader finds no provider of id '%s'", id);
    }

    /**
     * The provider names this edition of the specification. If it fails, read what the edition has changed, then override
     * {@code edition()}.
     */
    public void required_spec109_providerNamesItsEdition() {
        var edition = context().provider().edition();
        require(
                109,
                edition == BackendProvider.CURRENT_EDITION,
                "the provider names edition %d of the specification, must be %d, which this kit checks",
                edition,
                BackendProvider.CURRENT_EDITION);
    }

    /** {@code probe} answers again and again. If it fails, check what a second look at missing native code says. */
    public void required_spec102_probeAnswersAlike() {
        var first = probe();
        for (var i = 0; i < 3; i++) {
            var again = probe();
            require(102, again.getClass() == first.getClass(), "probe said %s, then %s", first, again);
        }
    }

    private Availability probe() {
        try {
            return context().provider().probe();
        } catch (RuntimeException | LinkageError e) {
            throw new RuleViolation(102, "probe threw " + e, e);
        }
    }

    /** Unknown options and values are refused with a list of what is allowed. If it fails, check silent defaults. */
    public void required_spec104_unknownOptionsAreRefused() {
        var provider = context().provider();
        var unknown = refused(Map.of("no-such-option", "1"));
        for (var option : provider.options()) {
            require(104, unknown.contains(option.name()), "'%s' does not name the option %s", unknown, option.name());
            var options = new HashMap<>(context().options());
            options.put(option.name(), "no such value");
            var message = refused(options);
            require(
                    104,
                    message.contains(option.name()) && message.contains(option.allowed()),
                    "'%s' must name the option %s and what it allows: %s",
                    message,
                    option.name(),
                    option.allowed());
        }
    }

    private String refused(Map<String, String> options) {
        var error = expect(104, InvalidArgumentException.class, "create with " + options, () -> {
            try (var created = context().provider().create(options)) {
                require(104, false, "options %s were accepted by %s", options, created.device());
            }
        });
        return String.valueOf(error.getMessage());
    }

    /** An unavailable backend is not created, nor another instead. If it fails, check that create probes first. */
    public void required_spec105_unavailableMeansUnavailable() {
        var provider = context().provider();
        if (provider.probe() instanceof Availability.Unavailable) {
            expect(
                    105,
                    BackendUnavailableException.class,
                    "create where probe says unavailable",
                    () -> provider.create(context().options()).close());
            return;
        }
        require(
                105,
                backend().id().equals(provider.id()),
                "provider %s created %s",
                provider.id(),
                backend().id());
    }

    /** Everything within the declared capabilities opens. If it fails, declare the limit. */
    public void required_spec106_declaredSpecificationsOpen() {
        forAll(generators().shapes(), shape -> {
            try (var lockstep =
                    open(new Scene(shape, List.of(SequenceSpec.full()), List.of(3), 1, 2, DataKind.NORMAL, 1))) {
                require(106, lockstep.cache().spec().pageSize() == shape.pageSize(), "spec() differs");
            }
        });
    }

    /** Everything outside is refused when it is opened. If it fails, call {@code Capabilities.require}. */
    public void required_spec106_undeclaredSpecificationsAreRefused() {
        for (var outside : outside()) {
            expect(
                    106,
                    UnsupportedSpecException.class,
                    "open of undeclared " + outside,
                    () -> backend().open(outside).close());
        }
    }

    /**
     * Settings and calls that are not declared are refused and change nothing. If it fails, call
     * {@code Capabilities.require} in {@code begin}, {@code fork}, {@code prefetch} and {@code select} with own scores.
     */
    public void required_spec106_undeclaredSettingsAndCallsAreRefused() {
        forAll(generators().scenes(), few(), scene -> {
            try (var lockstep = open(scene.steps(scene.steps() + 2))) {
                for (var settings : undeclaredSettings()) {
                    expect(
                            106,
                            UnsupportedSpecException.class,
                            "begin with undeclared " + settings,
                            () -> lockstep.cache().begin(settings));
                }
                var play = new Play(lockstep, scene).prompt(false);
                if (!supports(Feature.FORKS)) {
                    unsupported(
                            play,
                            "fork",
                            () -> lockstep.cache().fork(play.first().sequence()));
                }
                undeclaredCalls(play);
                if (!supports(Feature.BESIDE_STEPS)) {
                    besideAStep(play);
                }
                new Misuse(play, 1).decodeStep((step, layer, legal) -> {
                    for (var call : legal) {
                        if (call.feature() != null && !supports(call.feature())) {
                            unsupported(play, call.toString(), () -> new Misuse(play, 1).make(step, call, layer));
                        }
                    }
                });
            }
        });
    }

    /** Calls for other sequences while a step is open. */
    private void besideAStep(Play play) {
        var cache = play.lockstep().cache();
        var other = play.lockstep().begin(SequenceSpec.full());
        var step = play.lockstep().decode(List.of(play.first()));
        unsupported(play, "begin during a step", () -> cache.begin(SequenceSpec.full()));
        if (supports(Feature.FORKS)) {
            unsupported(play, "fork during a step", () -> cache.fork(other.sequence()));
        }
        if (supports(Feature.FORK_SETTINGS)) {
            unsupported(
                    play, "fork at a length during a step", () -> cache.fork(other.sequence(), 0, SequenceSpec.full()));
        }
        if (supports(Feature.TRUNCATION)) {
            unsupported(play, "truncate during a step", () -> cache.truncate(other.sequence(), 0));
        }
        unsupported(play, "closing a sequence during a step", other.sequence()::close);
        play.layers(step, Route.FUSED).commit();
        play.lockstep().close(other);
    }

    /** Calls of this edition that are not declared. */
    private void undeclaredCalls(Play play) {
        var cache = play.lockstep().cache();
        var sequence = play.first().sequence();
        if (!supports(Feature.FORK_SETTINGS)) {
            unsupported(play, "fork at a length", () -> cache.fork(sequence, 0, SequenceSpec.full()));
        }
        if (!supports(Feature.TRUNCATION)) {
            unsupported(play, "truncate", () -> cache.truncate(sequence, 0));
            var step = play.layers(play.lockstep().decode(List.of(play.first())), Route.FUSED);
            unsupported(play, "commit of a part", () -> step.step().commit(1));
            step.commit();
        }
        if (!backend().capabilities().wrapsTensors()) {
            try (var arena = Arena.ofShared();
                    var tensor = cache.allocateQueries(1)) {
                var memory = arena.allocate(4, 4);
                unsupported(play, "wrap", () -> cache.wrap(memory, ElementType.F32, 1, 1, 1, 4));
                unsupported(play, "memory of a tensor", tensor::memory);
            }
        }
        if (!supports(Feature.DEVICE_TENSORS)) {
            unsupported(play, "queue", cache::queue);
        }
        if (!supports(Feature.MIXED_STEPS)) {
            unsupported(play, "a step whose members have roles", () -> {
                // Where the batch is not refused, its calls must be.
                try (var step = cache.step(Batch.builder().decode(sequence).build());
                        var rows = cache.allocateQueries(1);
                        var keys = cache.allocateKeys(1)) {
                    step.forward(0, rows, keys, keys, rows);
                }
            });
        }
    }

    private static void unsupported(Play play, String what, Runnable call) {
        expect(106, UnsupportedFeatureException.class, what + ", which is not declared,", call);
        play.lockstep().verify(106, 106);
    }

    private List<SequenceSpec> undeclaredSettings() {
        var declared = backend().capabilities();
        var specs = new ArrayList<SequenceSpec>();
        for (var digest : triedDigests()) {
            for (var groupScore : GroupScore.values()) {
                for (var scope : Scope.values()) {
                    if (!declared.supports(digest)
                            || !declared.groupScores().contains(groupScore)
                            || !declared.scopes().contains(scope)) {
                        specs.add(new SequenceSpec(3, 2, 0, 1, 0, digest, groupScore, scope));
                    }
                }
            }
        }
        if (declared.supportsBudgets()) {
            var whole = new LayerBudget(0, LayerBudget.ALL_GROUPS, 4, 2);
            var ofGroup = new LayerBudget(0, 0, 4, 2);
            var digest = declared.digests().iterator().next();
            var groupScore = declared.groupScores().iterator().next();
            var scope = declared.scopes().iterator().next();
            var plain = new SequenceSpec(3, 2, 0, 1, 0, digest, groupScore, scope);
            if (!supports(Feature.LAYER_BUDGETS)) {
                specs.add(plain.withLayerBudgets(List.of(whole)));
            }
            if (!supports(Feature.GROUP_BUDGETS)) {
                specs.add(plain.withLayerBudgets(List.of(ofGroup)));
            }
        }
        return specs;
    }

    private static List<Digest> triedDigests() {
        var tried = new ArrayList<>(List.of(Digest.values()));
        for (var shape : Digest.Shape.values()) {
            var extent = shape == Digest.Shape.POINT ? Digest.Extent.NONE : Digest.Extent.LARGEST;
            tried.add(Digest.of(shape, extent));
            tried.add(Digest.of(shape, extent).bits(3, 2));
            tried.add(Digest.of(shape, extent).parts(Digest.Form.MOST_PARTS));
        }
        return tried;
    }

    private List<CacheSpec> outside() {
        var declared = backend().capabilities();
        var type = declared.elementTypes().iterator().next();
        var headDim = inside(declared.headDims());
        var pageSize = inside(declared.pageSizes());
        var ratio = inside(declared.queryHeadsPerKvHead());
        var specs = new ArrayList<CacheSpec>();
        for (var other : ElementType.values()) {
            if (!declared.elementTypes().contains(other)) {
                specs.add(spec(headDim, pageSize, ratio, other));
            }
        }
        if (!supports(Feature.HEAD_GROUPS)) {
            specs.add(new Shape(1, 2, ratio, headDim, type, pageSize, 2)
                    .cache()
                    .deviceSlots(4)
                    .build());
        }
        if (!supports(Feature.ATTENTION_SCALE)) {
            specs.add(new Shape(1, 1, ratio, headDim, type, pageSize, 1)
                    .withAttentionScale(2)
                    .cache()
                    .deviceSlots(4)
                    .build());
        }
        if (!supports(Feature.LAYER_WINDOWS)) {
            specs.add(new Shape(1, 1, ratio, headDim, type, pageSize, 1)
                    .withWindows(List.of(3))
                    .cache()
                    .deviceSlots(4)
                    .build());
        }
        if (!supports(Feature.DISK_TIER)) {
            specs.add(new Shape(1, 1, ratio, headDim, type, pageSize, 1)
                    .cache()
                    .deviceSlots(4)
                    .disk(4, Path.of(System.getProperty("java.io.tmpdir")))
                    .build());
        }
        for (var value : outside(declared.headDims())) {
            specs.add(spec(value, pageSize, ratio, type));
        }
        for (var value : outside(declared.pageSizes())) {
            specs.add(spec(headDim, value, ratio, type));
        }
        for (var value : outside(declared.queryHeadsPerKvHead())) {
            specs.add(spec(headDim, pageSize, value, type));
        }
        return specs;
    }

    private static CacheSpec spec(int headDim, int pageSize, int ratio, ElementType type) {
        return new Shape(1, 1, ratio, headDim, type, pageSize, 1)
                .cache()
                .deviceSlots(4)
                .build();
    }

    private static int inside(SizeRange range) {
        return Math.ceilDiv(range.least(), range.step()) * range.step();
    }

    private static List<Integer> outside(SizeRange range) {
        var values = new ArrayList<Integer>();
        for (var value :
                new int[] {range.least() - 1, inside(range) + 1, range.most() + 1, range.most() + range.step()}) {
            if (value >= 1 && value <= Short.MAX_VALUE && !range.contains(value)) {
                values.add(value);
            }
        }
        return values;
    }

    /**
     * Caches of one backend work side by side in several threads, with unchanged results. If it fails, check scratch
     * memory and thread pools that caches share.
     */
    public void required_spec107_cachesWorkSideBySide() {
        forAll(generators().overBudgetScenes().list().ofSize(THREADS), few(), scenes -> {
            var findings = new ArrayList<Findings>();
            try (var pool = Executors.newFixedThreadPool(THREADS)) {
                var running = new ArrayList<Future<?>>();
                for (var scene : scenes) {
                    var own = new Findings();
                    findings.add(own);
                    running.add(pool.submit(() -> alone(scene, own)));
                }
                for (var one : running) {
                    await(one);
                }
            }
            findings.forEach(context().findings()::add);
        });
    }

    private void alone(Scene scene, Findings own) {
        try (var lockstep = new Lockstep(backend(), scene.inputs(scene.cache(1)), own)) {
            new Play(lockstep, scene).prompt().decode(Route.FUSED);
        }
    }

    private static void await(Future<?> running) {
        try {
            running.get();
        } catch (ExecutionException e) {
            throw new RuleViolation(107, "caches side by side: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Closing a backend closes its caches; closing anything twice does nothing. If it fails, check who owns what. */
    public void required_spec108_closingTheBackendClosesItsCaches() {
        forAll(generators().overBudgetScenes(), few(), scene -> {
            var own = context().provider().create(context().options());
            var play = new Play(open(own, scene.inputs(scene.cache(1))), scene).prompt(false);
            var cache = play.lockstep().cache();
            var tensor = cache.allocateKeys(1);
            own.close();
            closed("memory of a cache", cache::memory);
            if (own.capabilities().supports(Feature.FORKS)) {
                closed("fork", () -> cache.fork(play.first().sequence()));
            }
            closed("begin", () -> cache.begin(SequenceSpec.full()));
            closed("copyTo", () -> tensor.copyTo(MemorySegment.ofArray(new byte[4096 * 16])));
            closed("open", () -> own.open(play.lockstep().spec()));
            harmless(tensor::close);
            harmless(() -> play.first().sequence().close());
            harmless(cache::close);
            harmless(own::close);
        });
    }

    private static void closed(String what, Runnable call) {
        expect(108, ClosedException.class, what + " after its backend was closed", call);
    }

    private static void harmless(Runnable close) {
        try {
            close.run();
        } catch (ArkValeException e) {
            throw new RuleViolation(108, "closing again raised " + e, e);
        }
    }

    private int few() {
        return Math.max(1, context().tries() / 5);
    }
}
