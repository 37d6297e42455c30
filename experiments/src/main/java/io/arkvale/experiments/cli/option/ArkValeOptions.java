package io.arkvale.experiments.cli.option;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.policy.option.PolicyChoice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Dense layers, and options of the policy {@code arkvale} wherever it is named without them. The help of a command leaves
 * the latter to that of the policy.
 */
public final class ArkValeOptions {
    /** The policy's name. */
    public static final String NAME = "arkvale";

    /** Its options that commands take too. */
    public static final List<String> ALSO_OF_COMMANDS =
            List.of("page-size", "digest", "head-groups", "group-score", "sink", "window", "attended", "scope");

    @Option(
            names = "--dense-layers",
            paramLabel = "N",
            defaultValue = "2",
            description = "First layers that keep everything, under every policy (default ${DEFAULT-VALUE}).")
    private int denseLayers;

    @Option(
            names = "--page-size",
            hidden = true,
            paramLabel = "TOKENS",
            description = "arkvale: tokens per page (default 32).")
    private @Nullable String pageSize;

    @Option(
            names = "--digest",
            hidden = true,
            paramLabel = "KIND",
            description = "arkvale: summary of a page (default cuboid-mean).")
    private @Nullable String digest;

    @Option(
            names = "--head-groups",
            hidden = true,
            paramLabel = "N",
            description = "arkvale: page choices per layer (default 1).")
    private @Nullable String headGroups;

    @Option(
            names = "--group-score",
            hidden = true,
            paramLabel = "KIND",
            description = "arkvale: how a group's query heads score together (default mean).")
    private @Nullable String groupScore;

    @Option(
            names = "--sink",
            hidden = true,
            paramLabel = "PAGES",
            description = "arkvale: first pages never evicted (default 2).")
    private @Nullable String sink;

    @Option(
            names = "--window",
            hidden = true,
            paramLabel = "PAGES",
            description = "arkvale: last pages never evicted (default 2).")
    private @Nullable String window;

    @Option(
            names = "--attended",
            hidden = true,
            paramLabel = "PAGES",
            description = "arkvale: pages attended to (default: half the budget, at most 1280 tokens).")
    private @Nullable String attended;

    @Option(
            names = "--scope",
            hidden = true,
            paramLabel = "KIND",
            description = "arkvale: pages that take part (default attended).")
    private @Nullable String scope;

    public int denseLayers() {
        return denseLayers;
    }

    /**
     * Refuses options of {@code arkvale} where it is not named.
     *
     * @throws UserException naming one of them
     */
    public void requireUsed(List<PolicyChoice> choices) {
        if (!given().isEmpty()
                && choices.stream()
                        .noneMatch(choice -> choice.policy().info().shortName().equals(NAME))) {
            throw new UserException(
                    "--" + given().keySet().stream().sorted().findFirst().orElseThrow()
                            + " belongs to policy arkvale, which is not among the policies");
        }
    }

    /** A policy as named on the command line, completed by these options and the run's seed. */
    public PolicyChoice parse(String text, long seed) {
        return PolicyChoice.parse(text, Map.of(NAME, given()), seed);
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
