package io.arkvale.experiments.task;

import io.arkvale.experiments.task.Episode.Question;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Several keys with 7-digit values inside filler, and several questions one after another in one text, the answers kept.
 * What matters moves from question to question: this separates recall from eviction.
 */
public final class Needles implements Task {
    private static final String TASK =
            "Some special magic numbers are hidden within the following text. Make sure to memorize them."
                    + " I will quiz you about the numbers afterwards.";
    private static final int LEAST_VALUE = 1_000_000;
    private static final int VALUES = 9_000_000;

    private final int needles;
    private final int turns;

    /**
     * Sets the sizes.
     *
     * @param needles keys in the text
     * @param turns questions, about different keys; at most {@code needles}
     */
    public Needles(int needles, int turns) {
        this.needles = needles;
        this.turns = turns;
    }

    @Override
    public String name() {
        return "needles";
    }

    @Override
    public List<Episode> episodes(int length, int samples, RandomGenerator random) {
        var episodes = new ArrayList<Episode>();
        for (int sample = 0; sample < samples; sample++) {
            episodes.add(episode(length, random));
        }
        return episodes;
    }

    private Episode episode(int length, RandomGenerator random) {
        var values = new LinkedHashMap<String, String>();
        while (values.size() < needles) {
            values.put(Words.key(random), Integer.toString(LEAST_VALUE + random.nextInt(VALUES)));
        }
        var facts = values.entrySet().stream()
                .map(entry ->
                        "One of the special magic numbers for " + entry.getKey() + " is: " + entry.getValue() + ". ")
                .toList();
        var keys = new ArrayList<>(values.keySet());
        Collections.shuffle(keys, Random.from(random));
        var questions = keys.stream()
                .limit(turns)
                .map(key -> new Question(question(key), " " + values.get(key)))
                .toList();
        return new Episode(TASK + "\n" + Filler.around(facts, length, random), questions);
    }

    private static String question(String key) {
        return "\nWhat is the special magic number for " + key + " mentioned in the provided text?"
                + " The special magic number for " + key + " mentioned in the provided text is";
    }
}
