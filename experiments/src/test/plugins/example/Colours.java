package example;

import io.arkvale.experiments.task.Episode;
import io.arkvale.experiments.task.Episode.Question;
import io.arkvale.experiments.task.Task;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** A colour at the beginning of a text, asked for at its end. */
public final class Colours implements Task {
    private static final List<String> COLOURS = List.of("red", "green", "blue", "yellow");
    private static final String FILLER = "The night is long. ";

    @Override
    public String name() {
        return "colours";
    }

    @Override
    public List<Episode> episodes(int length, int samples, RandomGenerator random) {
        return Stream.generate(() -> episode(length, random)).limit(samples).toList();
    }

    private static Episode episode(int length, RandomGenerator random) {
        var colour = COLOURS.get(random.nextInt(COLOURS.size()));
        var context = "The door is " + colour + ". " + FILLER.repeat(length / FILLER.length());
        return new Episode(context, List.of(new Question("\nThe door is", " " + colour)));
    }
}
