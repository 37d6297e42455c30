package io.arkvale.experiments.task;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** The meaningless text that hides what a task asks for. */
public final class Filler {
    private static final List<String> SENTENCES = List.of(
            "The grass is green. ",
            "The sky is blue. ",
            "The sun is yellow. ",
            "Here we go. ",
            "There and back again. ");

    private Filler() {}

    /** The first {@code length} characters of the sentences, repeated. */
    public static String text(int length) {
        var round = String.join("", SENTENCES);
        return round.repeat(Math.ceilDiv(length, round.length())).substring(0, length);
    }

    /** About {@code length} characters of filler with the facts in it, in order, each at the end of a random sentence. */
    public static String around(List<String> facts, int length, RandomGenerator random) {
        return around(facts, SENTENCES, length, random);
    }

    /** The same in other sentences, which are repeated. */
    public static String around(List<String> facts, List<String> sentences, int length, RandomGenerator random) {
        var count = count(sentences, length);
        var places = IntStream.range(0, facts.size())
                .map(fact -> random.nextInt(count + 1))
                .sorted()
                .toArray();
        var text = new StringBuilder();
        int fact = 0;
        for (int sentence = 0; sentence <= count; sentence++) {
            while (fact < places.length && places[fact] == sentence) {
                text.append(facts.get(fact++));
            }
            if (sentence < count) {
                text.append(sentences.get(sentence % sentences.size()));
            }
        }
        return text.toString();
    }

    /** Whole sentences that fit in {@code length} characters. */
    private static int count(List<String> sentences, int length) {
        int count = 0;
        for (int left = length; left >= sentences.get(count % sentences.size()).length(); count++) {
            left -= sentences.get(count % sentences.size()).length();
        }
        return count;
    }
}
