package io.arkvale.experiments.task;

import io.arkvale.experiments.task.Episode.Question;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Marked passages in a long text, of which one is to be repeated word for word: importance walks along the pages. */
public final class Copy implements Task {
    private static final int PASSAGES = 4;
    private static final int LEAST_LENGTH = 30;
    private static final int MOST_LENGTH = 70;

    /** Verses of the held-out text, without their numbers. */
    private static final List<String> SENTENCES = new String(HeldOutText.bytes(), StandardCharsets.UTF_8)
            .lines()
            .map(line -> line.substring(line.indexOf(' ') + 1))
            .filter(line -> line.endsWith(".") && line.length() >= LEAST_LENGTH && line.length() <= MOST_LENGTH)
            .toList();

    private static final List<String> TAGS = Stream.of("A", "B", "C", "D", "E", "F", "G", "H")
            .flatMap(letter -> Stream.of("12", "27", "34", "58", "71", "96").map(number -> letter + number))
            .toList();

    /** The task. */
    public Copy() {}

    @Override
    public String name() {
        return "copy";
    }

    @Override
    public List<Episode> episodes(int length, int samples, RandomGenerator random) {
        return Stream.generate(() -> episode(length, random)).limit(samples).toList();
    }

    private static Episode episode(int length, RandomGenerator random) {
        var tags = Draw.some(TAGS, PASSAGES, random);
        var passages = Draw.some(SENTENCES, PASSAGES, random);
        var facts = new ArrayList<String>();
        for (int i = 0; i < PASSAGES; i++) {
            facts.add("\nPassage " + tags.get(i) + ": " + passages.get(i) + "\n");
        }
        var asked = random.nextInt(PASSAGES);
        var question = "\nRepeat passage " + tags.get(asked) + ".\nPassage " + tags.get(asked) + ":";
        return new Episode(
                Filler.around(facts, length, random), List.of(new Question(question, " " + passages.get(asked))));
    }
}
