package io.arkvale.conformance.cases;

import io.arkvale.api.CacheSpec;
import java.util.List;

/**
 * A scene whose sequences, after their prompts, take steps in which each has a role of its own.
 *
 * @param scene the scene; its decode steps are not played
 * @param rounds one list a step, which holds one part per sequence
 */
public record MixedScene(Scene scene, List<List<Part>> rounds) {
    /** Tokens of a sequence in a round. */
    public int tokens(int round, int member) {
        return rounds.get(round)
                .get(member)
                .tokens(scene.settings().get(member), scene.shape().pageSize());
    }

    /** Tokens of a sequence at the end. */
    public int length(int member) {
        var length = scene.prompts().get(member);
        for (var round = 0; round < rounds.size(); round++) {
            length += tokens(round, member);
        }
        return length;
    }

    /** A cache with the room that the sequences need even if every prompt is open. */
    public CacheSpec cache() {
        var cache = scene.shape().cache();
        for (var i = 0; i < scene.settings().size(); i++) {
            cache.roomForOpenPrompts(scene.settings().get(i), length(i), 1);
        }
        return cache.build();
    }
}
