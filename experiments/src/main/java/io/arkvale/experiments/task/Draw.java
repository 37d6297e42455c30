package io.arkvale.experiments.task;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/** Random choices. */
public final class Draw {
    private Draw() {}

    /** So many of the values, none twice, in random order. */
    public static <T> List<T> some(List<T> values, int count, RandomGenerator random) {
        var shuffled = new ArrayList<>(values);
        Collections.shuffle(shuffled, Random.from(random));
        return List.copyOf(shuffled.subList(0, count));
    }
}
