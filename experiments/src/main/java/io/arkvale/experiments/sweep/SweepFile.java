package io.arkvale.experiments.sweep;

import io.arkvale.experiments.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A file of experiments: {@code {"common": OPTIONS, "experiments": {NAME: OPTIONS}}}. Options are those of the command
 * that {@code "command"} names, without their dashes, each a word, a number or an array of them; an experiment's own go
 * before the common ones. In both, {@code "quick"} holds options of a shorter run, which then go before the others.
 */
public final class SweepFile {
    private static final String COMMAND = "command";
    private static final String QUICK = "quick";
    private static final String SHIPPED = "laboratory.json";

    /**
     * One experiment.
     *
     * @param name its name, of letters, digits, dots, dashes and underscores
     * @param arguments the command line without the program
     */
    public record Experiment(String name, List<String> arguments) {
        /** Name of the file of its results; another one when the command line changes. */
        public String fileName() {
            var sum = new CRC32();
            sum.update(String.join("\0", arguments).getBytes(StandardCharsets.UTF_8));
            return name + "-" + Long.toHexString(sum.getValue()) + ".json";
        }
    }

    private SweepFile() {}

    /** The file that comes with the laboratory: all policies on all tasks. */
    public static byte[] shipped() {
        try (var stream = SweepFile.class.getResourceAsStream(SHIPPED)) {
            if (stream == null) {
                throw new IllegalStateException("resource " + SHIPPED + " is missing from the jar");
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads the experiments in order.
     *
     * @param file its name in messages
     * @param quick whether to take the options of the shorter run
     * @param given options that go before all of the file's
     * @throws UserException if the file is not of this form
     */
    public static List<Experiment> parse(String file, byte[] content, boolean quick, Map<String, String> given) {
        try {
            var root = new JsonMapper().readTree(content);
            var experiments = new ArrayList<Experiment>();
            for (var entry : root.path("experiments").properties()) {
                if (!entry.getKey().matches("[\\w.-]+")) {
                    throw new UserException("experiment '" + entry.getKey() + "' of " + file
                            + " must have a name of letters, digits, '.', '-' and '_'");
                }
                var options = new LinkedHashMap<String, String>();
                for (var part : List.of(root.path("common"), entry.getValue())) {
                    put(options, part);
                }
                if (quick) {
                    put(options, root.path("common").path(QUICK));
                    put(options, entry.getValue().path(QUICK));
                }
                options.putAll(given);
                experiments.add(experiment(file, entry.getKey(), options));
            }
            if (experiments.isEmpty()) {
                throw new UserException("sweep file " + file + " names no experiments");
            }
            return experiments;
        } catch (JacksonException e) {
            throw new UserException("sweep file " + file + " is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static Experiment experiment(String file, String name, Map<String, String> options) {
        var command = options.remove(COMMAND);
        if (command == null) {
            throw new UserException("experiment '" + name + "' of " + file + " names no command");
        }
        var arguments = new ArrayList<>(List.of(command));
        options.forEach((option, value) -> arguments.addAll(List.of("--" + option, value)));
        return new Experiment(name, List.copyOf(arguments));
    }

    private static void put(Map<String, String> options, JsonNode object) {
        for (var entry : object.properties()) {
            if (!entry.getKey().equals(QUICK)) {
                options.put(entry.getKey(), words(entry.getValue()));
            }
        }
    }

    private static String words(JsonNode value) {
        return value.isArray()
                ? String.join(",", value.valueStream().map(JsonNode::asString).toList())
                : value.asString();
    }
}
