package io.arkvale.experiments.simulate;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.input.FileReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The GPUs and models that are described: those that come along by name, others by their YAML file. */
public final class Descriptions {
    /** Names of the GPUs that come along. */
    public static final List<String> GPUS = List.of("A100-80G-PCIe", "H100", "RTX-4090");

    /** Names of the models that come along. */
    public static final List<String> MODELS = List.of("LongChat-7B", "Llama-3-8B", "Mistral-7B", "Llama-3-70B");

    private Descriptions() {}

    /**
     * A GPU by name or file.
     *
     * @throws UserException if there is none, or its description is wrong
     */
    public static Gpu gpu(String nameOrFile) {
        return Gpu.read(read("GPU", "gpu", GPUS, nameOrFile, fields(Gpu.class)));
    }

    /**
     * A model by name or file.
     *
     * @throws UserException if there is none, or its description is wrong
     */
    public static LanguageModel model(String nameOrFile) {
        return LanguageModel.read(read("model", "model", MODELS, nameOrFile, fields(LanguageModel.class)));
    }

    private static List<String> fields(Class<? extends Record> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .filter(name -> !name.equals("sources"))
                .toList();
    }

    private static Description read(
            String what, String folder, List<String> shipped, String nameOrFile, List<String> fields) {
        for (var name : shipped) {
            if (name.equalsIgnoreCase(nameOrFile)) {
                return new Description(what + " description " + name, resource(folder + "/" + name + ".yaml"), fields);
            }
        }
        return new Description(what + " description " + nameOrFile, file(what, shipped, nameOrFile), fields);
    }

    private static byte[] resource(String name) {
        try (var stream = Descriptions.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("resource " + name + " is missing from the jar");
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] file(String what, List<String> shipped, String name) {
        try {
            var path = Path.of(name);
            if (Files.isRegularFile(path)) {
                return Files.readAllBytes(path);
            }
        } catch (InvalidPathException e) {
            throw none(what, shipped, name);
        } catch (IOException e) {
            throw new UserException(what + " description " + name + " cannot be read: " + FileReason.of(e), e);
        }
        throw none(what, shipped, name);
    }

    private static UserException none(String what, List<String> shipped, String name) {
        return new UserException(
                "there is no " + what + " '" + name + "'; give a YAML file, or one of " + String.join(", ", shipped));
    }
}
