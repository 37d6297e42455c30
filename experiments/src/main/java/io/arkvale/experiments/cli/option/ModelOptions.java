package io.arkvale.experiments.cli.option;

import io.arkvale.api.ElementType;
import io.arkvale.experiments.UserException;
import io.arkvale.experiments.input.Nearest;
import io.arkvale.experiments.run.ModelForm;
import io.arkvale.llama.weights.WeightStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model, how its weights are kept, and how many threads. */
public final class ModelOptions {
    private static final String DEFAULT = "needle-5m";
    private static final String FOLDER = "models";
    private static final List<String> SHIPPED = List.of(DEFAULT, "needle-7m");

    @Option(
            names = "--model",
            paramLabel = "DIR",
            defaultValue = DEFAULT,
            description =
                    "Model directory, HuggingFace layout, or the name of a shipped model: needle-5m, needle-7m (default"
                            + " ${DEFAULT-VALUE}).")
    private Path model = Path.of(DEFAULT);

    @Option(
            names = "--eight-bit-weights",
            description =
                    "Round the model's weights to eight bits when they are loaded: half the memory of 16 bits, and"
                            + " other results.")
    private boolean eightBitWeights;

    @Option(
            names = "--device",
            paramLabel = "ID",
            description =
                    "Where the model computes: cuda for an NVIDIA GPU (default: the CPU). Attention runs where the policy"
                            + " does, see --backend.")
    private @Nullable String device;

    @Option(
            names = "--device-type",
            paramLabel = "TYPE",
            defaultValue = "F32",
            description =
                    "With --device: type of weights and activations, ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private ElementType deviceType = ElementType.F32;

    @Mixin
    private ThreadOptions threads = new ThreadOptions();

    /** The model's directory: the one named, else that of a shipped model of this name. */
    public Path directory() {
        return directory(model);
    }

    /** The same of what {@code --model} would be. */
    public static Path directory(Path model) {
        if (Files.isDirectory(model)) {
            return model;
        }
        if (model.getNameCount() == 1 && !model.isAbsolute()) {
            var home = Path.of(System.getProperty("arkvale.home", "."));
            for (var folder : new Path[] {home.resolve(FOLDER), Path.of(FOLDER)}) {
                if (Files.isDirectory(folder.resolve(model))) {
                    return folder.resolve(model);
                }
            }
        }
        throw new UserException(
                "model directory " + model + " does not exist; --model takes a directory or the name of a"
                        + " shipped model, " + SHIPPED + Nearest.question(model.toString(), SHIPPED));
    }

    /** Where and how the model computes. */
    public ModelForm form() {
        return new ModelForm(eightBitWeights ? WeightStorage.EIGHT_BITS : WeightStorage.AUTOMATIC, device, deviceType);
    }

    public ThreadOptions threads() {
        return threads;
    }
}
