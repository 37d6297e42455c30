package io.arkvale.experiments.cli;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.policy.PolicyChoice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which policies at which budgets. */
final class PolicyOptions {
    @Option(
            names = "--policies",
            split = ",",
            paramLabel = "NAME",
            defaultValue = "full,arkvale,streaming-llm,h2o,tova",
            description = "Policies, each with options of its own if wanted, as in arkvale:digest=centroid:sink=1"
                    + " (default ${DEFAULT-VALUE}).")
    private List<String> policies = List.of();

    @Option(
            names = "--budgets",
            split = ",",
            paramLabel = "TOKENS",
            defaultValue = "512,1024,2048,4096",
            description = "Budgets in tokens (default ${DEFAULT-VALUE}).")
    private List<Integer> budgets = List.of();

    @Option(
            names = "--dense-layers",
            paramLabel = "N",
            defaultValue = "2",
            description = "First layers that keep everything, under every policy (default ${DEFAULT-VALUE}).")
    private int denseLayers;

    @ArgGroup(validate = false, heading = "Options of the policy arkvale, where it is named without them:%n")
    private ArkValeOptions arkVale = new ArkValeOptions();

    static final class ArkValeOptions {
        @Option(names = "--page-size", paramLabel = "TOKENS", description = "Tokens a page (default 32).")
        private @Nullable String pageSize;

        @Option(names = "--digest", paramLabel = "KIND", description = "Summary of a page (default cuboid-mean).")
        private @Nullable String digest;

        @Option(names = "--head-groups", paramLabel = "N", description = "Page choices a layer (default 1).")
        private @Nullable String headGroups;

        @Option(names = "--group-score", paramLabel = "KIND", description = "How a group's heads score (default mean).")
        private @Nullable String groupScore;

        @Option(names = "--sink", paramLabel = "PAGES", description = "First pages never evicted (default 2).")
        private @Nullable String sink;

        @Option(names = "--window", paramLabel = "PAGES", description = "Last pages never evicted (default 2).")
        private @Nullable String window;

        @Option(
                names = "--attended",
                paramLabel = "PAGES",
                description = "Pages attended to (default: half the budget, at most 1280 tokens).")
        private @Nullable String attended;

        @Option(names = "--scope", paramLabel = "KIND", description = "Pages that take part (default attended).")
        private @Nullable String scope;

        Map<String, String> given() {
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

    /** The policies with their options. */
    List<PolicyChoice> policies() {
        var defaults = Map.of("arkvale", arkVale.given());
        return policies.stream().map(text -> PolicyChoice.parse(text, defaults)).toList();
    }

    /** One policy with its options. */
    PolicyChoice policy(String text) {
        return PolicyChoice.parse(text, Map.of("arkvale", arkVale.given()));
    }

    /** The budgets. */
    List<Integer> budgets() {
        if (budgets.stream().distinct().count() != budgets.size()) {
            throw new UserException("--budgets names a budget twice: " + budgets);
        }
        return budgets;
    }

    int denseLayers() {
        return denseLayers;
    }
}
