import io.arkvale.experiments.task.Needles;
import io.arkvale.llama.config.LlamaConfig;
import io.arkvale.llama.text.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** Prints the episodes of {@code needles} in a model's tokens, as digest_answers.py reads them: a line of JSON each. */
public final class NeedleEpisodes {
    private static final int NEEDLES = 16;
    private static final long SEED = 1;

    /** Arguments: the model's directory, characters of filler, texts, questions per text. */
    public static void main(String[] args) throws IOException {
        var model = Path.of(args[0]);
        try (var tokenizer = Tokenizer.forModel(model, LlamaConfig.read(model).vocabulary())) {
            var task = new Needles(NEEDLES, Integer.parseInt(args[3]));
            for (var episode : task.episodes(Integer.parseInt(args[1]), Integer.parseInt(args[2]), new SplittableRandom(SEED))) {
                var questions = episode.questions().stream()
                        .map(question -> "{\"q\": " + more(tokenizer, question.text()) + ", \"a\": "
                                + more(tokenizer, question.answer()) + "}")
                        .collect(Collectors.joining(", ", "[", "]"));
                var context = Arrays.toString(tokenizer.encode(episode.context().getBytes(StandardCharsets.UTF_8)));
                System.out.println("{\"context\": " + context + ", \"questions\": " + questions + "}");
            }
        }
    }

    private static String more(Tokenizer tokenizer, String text) {
        return Arrays.toString(tokenizer.encodeMore(text.getBytes(StandardCharsets.UTF_8)));
    }
}
