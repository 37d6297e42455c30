package io.arkvale.experiments.cli;

import io.arkvale.experiments.policy.PolicyChoice;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Dense layers, and options of the policy {@code arkvale} wherever it is named without them. */
final class ArkValeOptions {
    @Option(
            names = "--dense-layers",
            paramLabel = "N",
            defaultValue = "2",
            description = "First layers that keep everything, under every policy (default ${DEFAULT-VALUE}).")
    private int denseLayers;

    @Option(names = "--page-size", paramLabel = "TOKENS", description = "arkvale: tokens a page (default 32).")
    private @Nullable String pageSize;

    @Option(names = "--digest", paramLabel = "KIND", description = "arkvale: summary of a page (default cuboid-mean).")
    private @Nullable String digest;

    @Option(names = "--head-groups", paramLabel = "N", description = "arkvale: page choices a layer (default 1).")
    private @Nullable String headGroups;

    @Option(
            names = "--group-score",
            paramLabel = "KIND",
            description = "arkvale: how a group's query heads score together (default mean).")
    private @Nullable String groupScore;

    @Option(names = "--sink", paramLabel = "PAGES", description = "arkvale: first pages never evicted (default 2).")
    private @Nullable String sink;

    @Option(names = "--window", paramLabel = "PAGES", description = "arkvale: last pages never evicted (default 2).")
    private @Nullable String window;

    @Option(
            names = "--attended",
            paramLabel = "PAGES",
            description = "arkvale: pages attended to (default: half the budget, at most 1280 tokens).")
    private @Nullable String attended;

    @Option(names = "--scope", paramLabel = "KIND", description = "arkvale: pages that take part (default attended).")
    private @Nullable String scope;

    int denseLayers() {
        return denseLayers;
    }

    /** A policy as named on the command line, completed by these options. */
    PolicyChoice parse(String text) {
        return PolicyChoice.parse(text, Map.of("arkvale", given()));
    }

    private Map<String, String> given() {
        var given = new HashMap<String, String>();
        put(given, "page-size", pageSize);
        put(given, "digest", digest);
        put(given, "head-groups", headGroups);
        put(given, "group-score", groupScore);
        put(given, "sink", sink);
        put(given, "window", window);
        put(given, "attended", attended);
        put(given, "scope", scope);
        return given;
    }

    private static void put(Map<String, String> map, String option, @Nullable String value) {
        if (value != null) {
            map.put(option, value);
        }
    }
}
