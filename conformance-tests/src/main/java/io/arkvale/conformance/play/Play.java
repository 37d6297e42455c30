package io.arkvale.conformance.play;

import io.arkvale.api.Batch.Role;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.conformance.cases.Route;
import io.arkvale.conformance.cases.Scene;
import io.arkvale.conformance.lockstep.LockedStep;
import io.arkvale.conformance.lockstep.Lockstep;
import io.arkvale.conformance.lockstep.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Plays a scene on a lockstep. */
public final class Play {
    private static final float[] ODD_SCORES = {
        Float.NaN, Float.NEGATIVE_INFINITY, -0f, 0f, Float.POSITIVE_INFINITY, 1, -1, Float.MIN_VALUE, 1, 0.5f
    };

    private final Lockstep lockstep;
    private final Scene scene;
    private final List<Pair> pairs = new ArrayList<>();

    /** Plays a scene on a cache that has room for it. */
    public Play(Lockstep lockstep, Scene scene) {
        this.lockstep = lockstep;
        this.scene = scene;
    }

    /** The cache and the oracle. */
    public Lockstep lockstep() {
        return lockstep;
    }

    /** The scene. */
    public Scene scene() {
        return scene;
    }

    /** The sequences of the scene, in its order; the caller may change the list. */
    public List<Pair> pairs() {
        return pairs;
    }

    /** The first of them. */
    public Pair first() {
        return pairs.getFirst();
    }

    /** Layers of the cache. */
    public int layers() {
        return lockstep.spec().layers();
    }

    /** Begins every sequence and stores its prompt, attending to it unless the prompts are long. */
    public Play prompt() {
        return prompt(attending());
    }

    /** Begins every sequence and stores its prompt. */
    public Play prompt(boolean attending) {
        for (var i = 0; i < scene.settings().size(); i++) {
            pairs.add(lockstep.begin(scene.settings().get(i), i));
        }
        prefill(pairs, tokens(), attending);
        return this;
    }

    /** Tokens of the prompts. */
    public int[] tokens() {
        return scene.prompts().stream().mapToInt(Integer::intValue).toArray();
    }

    /** Whether the prompts are short enough to attend to. */
    public boolean attending() {
        return IntStream.of(tokens()).sum() <= 150;
    }

    /** One step of prefill or ingest, committed. */
    public void prefill(List<Pair> members, int[] tokens, boolean attending) {
        var step = lockstep.open(members, tokens);
        for (var layer = 0; layer < layers(); layer++) {
            step.prefill().layer(layer, attending, scene.chunk());
        }
        step.commit();
    }

    /** Every decode step of the scene, all sequences together. */
    public Play decode(Route route) {
        for (var i = 0; i < scene.steps(); i++) {
            decode(pairs, route);
        }
        return this;
    }

    /** One decode step, committed; nothing for no members. */
    public void decode(List<Pair> members, Route route) {
        if (members.isEmpty()) {
            return;
        }
        layers(lockstep.decode(members), route).commit();
    }

    /** All layers of an open decode step. */
    public LockedStep layers(LockedStep step, Route route) {
        for (var layer = 0; layer < layers(); layer++) {
            layer(step, layer, route);
        }
        return step;
    }

    /** All layers of an open step whose members have roles. */
    public LockedStep forward(LockedStep step) {
        for (var layer = 0; layer < layers(); layer++) {
            step.forward().layer(layer);
        }
        return step;
    }

    /** One step whose members have roles, committed; nothing for no members. */
    public void forward(List<Pair> members, List<Role> roles, int... tokens) {
        if (!members.isEmpty()) {
            forward(lockstep.open(members, roles, tokens)).commit();
        }
    }

    /** A fork of a sequence; none if the backend does not declare forks. */
    public List<Pair> forkOf(Pair original) {
        return lockstep.capabilities().supports(Feature.FORKS) ? List.of(lockstep.fork(original)) : List.of();
    }

    /** A fork that goes on with the given text; none if the backend does not declare forks. */
    public List<Pair> forkOf(Pair original, long text) {
        return lockstep.capabilities().supports(Feature.FORKS) ? List.of(lockstep.fork(original, text)) : List.of();
    }

    /** One layer of an open decode step, by the route or, where it is not declared, the plain one. */
    public void layer(LockedStep step, int layer, Route wanted) {
        var route = wanted.on(lockstep.capabilities());
        var decode = step.decode();
        var prefetched = route == Route.PREFETCHED_FUSED || route == Route.PREFETCHED_FIVE;
        if (prefetched && layer == 0) {
            for (var later = 1; later < layers(); later++) {
                decode.prefetch(later);
            }
        }
        switch (route) {
            case FUSED, PREFETCHED_FUSED -> decode.fused(layer);
            case FIVE, PREFETCHED_FIVE -> decode.five(layer);
            case OWN_SCORES -> {
                decode.append(layer);
                decode.estimate(layer);
                decode.select(
                        layer,
                        ownScores(
                                decode.scores().size(),
                                step.members().getFirst().model().length()));
                decode.recall(layer);
                decode.attend(layer);
            }
        }
    }

    /** Scores with ties, zeros of both signs, infinities and NaN. */
    private List<float[]> ownScores(int rows, int salt) {
        var random = new SplittableRandom(scene.seed() * 31 + salt);
        var scores = new ArrayList<float[]>();
        for (var row = 0; row < rows; row++) {
            var groups = new float[lockstep.spec().headGroups()];
            for (var group = 0; group < groups.length; group++) {
                groups[group] = random.nextInt(3) > 0
                        ? ODD_SCORES[random.nextInt(ODD_SCORES.length)]
                        : (float) random.nextDouble(-2, 2);
            }
            scores.add(groups);
        }
        return scores;
    }
}
