package io.arkvale.experiments.sweep;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.input.Nearest;
import io.arkvale.experiments.input.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * A file of experiments, JSON or (named {@code .yaml}) YAML: {@code {"common": OPTIONS, "experiments": {NAME: OPTIONS}}}. Options are those of the command
 * that {@code "command"} names, without their dashes, each a word, a number or an array of them; an experiment's own go
 * before the common ones. In both, {@code "quick"} holds options of a shorter run, which then go before the others.
 */
public final class SweepFile {
    private static final String COMMAND = "command";
    private static final String QUICK = "quick";
    private static final String COMMON = "common";
    private static final String EXPERIMENTS = "experiments";
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final String SHIPPED = "laboratory.json";

    /**
     * One experiment.
     *
     * @param name its name, of letters, digits, dots, dashes and underscores
     * @param arguments the command and its options, as on a command line
     */
    public record Experiment(String name, List<String> arguments) {}

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
        var text = StrictJson.text("sweep file " + file, content);
        var yaml = file.endsWith(".yaml") || file.endsWith(".yml");
        try {
            var root = yaml ? YAML.readTree(text) : StrictJson.MAPPER.readTree(text);
            requireObject("sweep file " + file, root);
            requireKnown(file, root, List.of(COMMON, EXPERIMENTS));
            var experiments = new ArrayList<Experiment>();
            for (var entry : root.path(EXPERIMENTS).properties()) {
                if (!entry.getKey().matches("[\\w.-]+")) {
                    throw new UserException("experiment '" + entry.getKey() + "' of " + file
                            + " must have a name of letters, digits, '.', '-' and '_'");
                }
                requireObject("experiment '" + entry.getKey() + "' of " + file, entry.getValue());
                var options = new LinkedHashMap<String, String>();
                for (var part : List.of(root.path(COMMON), entry.getValue())) {
                    put(options, part);
                }
                if (quick) {
                    put(options, root.path(COMMON).path(QUICK));
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
            throw new UserException(
                    "sweep file " + file + " is not valid " + (yaml ? "YAML" : "JSON") + ": " + StrictJson.reason(e),
                    e);
        }
    }

    private static void requireObject(String what, JsonNode node) {
        if (!node.isObject()) {
            throw new UserException(what + " is not an object of names and values");
        }
    }

    private static void requireKnown(String file, JsonNode root, List<String> known) {
        for (var entry : root.properties()) {
            if (!known.contains(entry.getKey())) {
                throw new UserException("sweep file " + file + " has an unknown key '" + entry.getKey() + "'; allowed: "
                        + known + Nearest.question(entry.getKey(), known));
            }
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
