package io.arkvale.conformance.rules;

import io.arkvale.api.Backend;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.conformance.cases.Action.Kind;
import io.arkvale.conformance.cases.DataKind;
import io.arkvale.conformance.cases.Inputs;
import io.arkvale.conformance.cases.Life;
import io.arkvale.conformance.cases.Scene;
import io.arkvale.conformance.data.Generators;
import io.arkvale.conformance.data.SkippedException;
import io.arkvale.conformance.lockstep.Lockstep;
import io.arkvale.conformance.lockstep.RuleViolation;
import io.arkvale.conformance.play.LifePlayer;
import io.arkvale.conformance.play.Play;
import io.arkvale.conformance.property.Context;
import io.arkvale.conformance.property.Property;
import java.util.List;
import java.util.function.BooleanSupplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** What the verifications have in common. */
public abstract class Verification {
    private static final int MOST_ACTIONS = 30;

    private final Context context;

    /** Called with a context of its own for every test. */
    protected Verification(Context context) {
        this.context = context;
    }

    Context context() {
        return context;
    }

    Backend backend() {
        var backend = context.backend();
        if (backend == null) {
            throw new SkippedException(context.provider().probe().toString());
        }
        return backend;
    }

    Generators generators() {
        return new Generators(backend().capabilities());
    }

    /** Tries generated cases. */
    <T> void forAll(Arbitrary<T> cases, Property.Law<T> law) {
        forAll(cases, context.tries(), law);
    }

    /** Tries generated cases: fewer of those that take long. */
    <T> void forAll(Arbitrary<T> cases, int tries, Property.Law<T> law) {
        Property.hold(cases, tries, () -> true, context, guarded(law));
    }

    /** Tries generated cases as long as a condition holds. */
    <T> void forAllWhile(Arbitrary<T> cases, BooleanSupplier goOn, Property.Law<T> law) {
        Property.hold(cases, Integer.MAX_VALUE, goOn, context, guarded(law));
    }

    private <T> Property.Law<T> guarded(Property.Law<T> law) {
        return generated -> {
            context.findings().tried();
            try {
                law.check(generated);
            } catch (SkippedException e) {
                throw e;
            } catch (RuntimeException e) {
                throw new RuleViolation(context.rule(), "a legal call raised " + e, e);
            }
        };
    }

    /** Plays a life, action by action. */
    void live(Life life) {
        try (var lockstep = open(backend(), new Inputs(life.cache(), life.kind(), life.seed()))) {
            var player = new LifePlayer(lockstep, life);
            life.actions().forEach(player::act);
        }
    }

    /** Tries short lives of what a rule is about, half of whose actions let sequences begin, grow and decode. */
    void forLives(Kind... kinds) {
        var plain = List.of(Kind.BEGIN, Kind.INGEST, Kind.INGEST, Kind.DECODE_FIVE, Kind.DECODE_FUSED);
        forAll(
                generators()
                        .lives(
                                Arbitraries.of(true, false)
                                        .flatMap(own -> own ? Arbitraries.of(kinds) : Arbitraries.of(plain)),
                                MOST_ACTIONS),
                this::live);
    }

    /** Tries scenes, each on a lockstep with exactly the room it needs. */
    void forScenes(Arbitrary<Scene> scenes, SceneLaw law) {
        forAll(scenes, scene -> {
            try (var lockstep = open(scene)) {
                law.check(new Play(lockstep, scene));
            }
        });
    }

    /** A law of scenes. */
    @FunctionalInterface
    interface SceneLaw {
        /** Checks one scene. */
        void check(Play play);
    }

    Lockstep open(Scene scene) {
        return open(scene, 1);
    }

    /** A lockstep with room for the scene's sequences {@code copies} times over. */
    Lockstep open(Scene scene, int copies) {
        return open(backend(), scene.inputs(scene.cache(copies)));
    }

    Lockstep open(Backend backend, Inputs inputs) {
        return new Lockstep(backend, inputs, context.findings());
    }

    static Arbitrary<DataKind> only(DataKind... kinds) {
        return Arbitraries.of(kinds);
    }

    /** Whether the backend can be asked to check values at the call. */
    boolean offersImmediateChecks() {
        return context().provider().options().stream()
                .anyMatch(option ->
                        option.name().equals("checks") && option.allowed().contains("immediate"));
    }

    /** Whether the backend declares a feature. */
    boolean supports(Feature feature) {
        return backend().capabilities().supports(feature);
    }

    /** Skips the test unless the backend declares a feature. */
    void need(Feature feature) {
        assume(supports(feature), "the backend does not declare " + feature.words());
    }

    /** Skips the test unless something holds. */
    static void assume(boolean holds, String reason) {
        if (!holds) {
            throw new SkippedException(reason);
        }
    }
}
