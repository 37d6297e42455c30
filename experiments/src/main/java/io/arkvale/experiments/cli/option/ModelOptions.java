package io.arkvale.experiments.cli.option;

import io.arkvale.experiments.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model, and how many threads. */
public final class ModelOptions {
    private static final String SHIPPED = "models/needle-5m";

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Model directory, HuggingFace layout (default: the shipped " + SHIPPED + ").")
    private @Nullable Path model;

    @Mixin
    private ThreadOptions threads = new ThreadOptions();

    /** The model's directory. */
    public Path directory() {
        if (model != null) {
            if (!Files.isDirectory(model)) {
                throw new UserException("model directory " + model + " does not exist; name one with --model");
            }
            return model;
        }
        var home = Path.of(System.getProperty("arkvale.home", "."));
        for (var candidate : new Path[] {home.resolve(SHIPPED), Path.of(SHIPPED)}) {
            if (Files.isDirectory(candidate)) {
                return candidate;
            }
        }
        throw new UserException("the shipped model is not at " + home.resolve(SHIPPED) + "; name one with --model");
    }

    public ThreadOptions threads() {
        return threads;
    }
}
