import io.arkvale.experiments.report.Origin;
import io.arkvale.experiments.result.Fidelity;
import io.arkvale.experiments.result.Observation;
import io.arkvale.experiments.result.ObservationLine;
import io.arkvale.experiments.result.Usage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** Writes observations that nobody made, to measure how they are read: DIR, cells, texts per cell. */
public final class Millions {
    private Millions() {}

    public static void main(String[] arguments) throws IOException {
        var directory = Files.createDirectories(Path.of(arguments[0]));
        var cells = Integer.parseInt(arguments[1]);
        var texts = Integer.parseInt(arguments[2]);
        var random = new SplittableRandom(1);
        var origin = new Origin(1, "needle-5m", "cpu", "2 processors", "0.2.0", null, "25");
        try (var file = new PrintWriter(Files.newBufferedWriter(directory.resolve("observations.jsonl")))) {
            file.print("{\"arkvale\":\"observations\",\"version\":1}\n");
            for (int text = 0; text < texts; text++) {
                var number = String.format(Locale.ROOT, "%07d", random.nextInt(10_000_000));
                for (int cell = 0; cell < cells; cell++) {
                    var right = random.nextDouble() < cell / (double) cells;
                    var observation = new Observation(
                            identity(cell),
                            identity(1_000_000_000 + text),
                            0,
                            "passkey",
                            "policy-" + cell / 100,
                            64 * (1 + cell % 100),
                            10_000,
                            "question-after",
                            text,
                            "What is the pass key? The pass key is",
                            right ? number : "I do not know",
                            List.of(number),
                            right ? 1 : 0,
                            1,
                            2753,
                            true,
                            new Usage(8, 7.5, 64 + cell, 1e6, 1.5e6, 1e4, 2e5, 1.25, 0.5, 3e5, 4e5),
                            new Fidelity(0.125, random.nextDouble(), 0.75),
                            origin);
                    file.print("{\"observation\":" + ObservationLine.of(observation) + ",\"table\":null}\n");
                }
            }
            if (file.checkError()) {
                throw new IOException("the file cannot be written");
            }
        }
    }

    private static String identity(int number) {
        return new SplittableRandom(number).longs(4).mapToObj(part -> String.format(Locale.ROOT, "%016x", part)).reduce("", String::concat);
    }
}
