package io.arkvale.experiments.task;

import java.util.List;
import java.util.random.RandomGenerator;

/** Random keys of two words, as in {@code quiet-harbour}. */
public final class Words {
    private static final List<String> ADJECTIVES = List.of(
            "amber", "brave", "calm", "dusty", "eager", "faint", "gentle", "hollow", "icy", "jolly", "keen", "lively",
            "mellow", "narrow", "odd", "plain", "quiet", "rapid", "silent", "tidy", "upper", "vivid", "warm", "young");
    private static final List<String> NOUNS = List.of(
            "anchor",
            "basket",
            "candle",
            "door",
            "engine",
            "forest",
            "garden",
            "harbour",
            "island",
            "jacket",
            "kettle",
            "ladder",
            "mirror",
            "needle",
            "orchard",
            "pencil",
            "quarry",
            "river",
            "saddle",
            "tunnel",
            "umbrella",
            "valley",
            "window",
            "yard");

    /** How many different keys there are. */
    public static final int KEYS = ADJECTIVES.size() * NOUNS.size();

    private Words() {}

    public static String noun(RandomGenerator random) {
        return NOUNS.get(random.nextInt(NOUNS.size()));
    }

    public static String key(RandomGenerator random) {
        return ADJECTIVES.get(random.nextInt(ADJECTIVES.size())) + "-" + noun(random);
    }
}
