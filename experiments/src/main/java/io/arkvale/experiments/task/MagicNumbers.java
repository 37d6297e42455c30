package io.arkvale.experiments.task;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.task.Episode.Question;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Keys with 7-digit values, in the sentences of RULER that the shipped model knows. */
public final class MagicNumbers {
    private static final int LEAST = 1_000_000;
    private static final int BOUND = 10_000_000;

    private MagicNumbers() {}

    /**
     * So many different keys with their values, in random order.
     *
     * @throws UserException if there are not so many keys
     */
    public static Map<String, String> draw(int count, RandomGenerator random) {
        if (count > Words.KEYS) {
            throw new UserException(
                    "a text of this length needs " + count + " different keys; there are " + Words.KEYS);
        }
        var values = new LinkedHashMap<String, String>();
        while (values.size() < count) {
            values.put(Words.key(random), Integer.toString(random.nextInt(LEAST, BOUND)));
        }
        return values;
    }

    /** So many different values. */
    public static List<String> values(int count, RandomGenerator random) {
        return random.ints(LEAST, BOUND)
                .distinct()
                .limit(count)
                .mapToObj(Integer::toString)
                .toList();
    }

    public static String fact(String key, String value) {
        return "One of the special magic numbers for " + key + " is: " + value + ".";
    }

    public static Question question(String key, String value) {
        return new Question(
                "\nWhat is the special magic number for " + key + " mentioned in the provided text?"
                        + " The special magic number for " + key + " mentioned in the provided text is",
                " " + value);
    }

    /** Questions about so many of the keys, drawn at random. */
    public static List<Question> questions(Map<String, String> values, int count, RandomGenerator random) {
        return Draw.some(List.copyOf(values.entrySet()), count, random).stream()
                .map(entry -> question(entry.getKey(), entry.getValue()))
                .toList();
    }
}
