package io.arkvale.experiments.task;

import io.arkvale.experiments.task.Episode.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A number hidden in filler, at evenly spaced depths (the ArkVale paper, section 6.3 and table 1). */
public final class Passkey implements Task {
    private static final String TASK = "There is an important info hidden inside a lot of irrelevant text."
            + " Find it and memorize them. I will quiz you about the important information there.";
    private static final String QUESTION = "\nWhat is the pass key? The pass key is";
    private static final int LARGEST_KEY = 49_999;

    /** The task. */
    public Passkey() {}

    @Override
    public String name() {
        return "passkey";
    }

    @Override
    public List<Episode> episodes(int length, int samples, RandomGenerator random) {
        var filler = Filler.text(length);
        var episodes = new ArrayList<Episode>();
        for (int sample = 0; sample < samples; sample++) {
            var before = (int) ((long) length * sample / samples);
            var key = random.nextInt(1, LARGEST_KEY + 1);
            var context = String.join(
                    "\n",
                    TASK,
                    filler.substring(0, before),
                    "The pass key is " + key + ". Remember it. " + key + " is the pass key.",
                    filler.substring(0, length - before));
            episodes.add(new Episode(context, List.of(new Question(QUESTION, " " + key))));
        }
        return episodes;
    }
}
