package io.arkvale.experiments.cli.option;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.plan.Grid;
import java.util.HashSet;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which policies at which budgets. */
public final class PolicyOptions {
    @Option(
            names = "--policies",
            split = ",",
            paramLabel = "NAME",
            defaultValue = "full,arkvale,streaming-llm,h2o,tova",
            completionCandidates = PolicyNames.class,
            description = "Policies, each with options of its own if wanted, as in arkvale:digest=centroid:sink=1"
                    + " (default ${DEFAULT-VALUE}). " + PolicyNames.HELP)
    private List<String> policies = List.of();

    @Option(
            names = "--budgets",
            split = ",",
            paramLabel = "TOKENS",
            defaultValue = "512,1024,2048,4096",
            description = "Budgets in tokens (default ${DEFAULT-VALUE}).")
    private List<Integer> budgets = List.of();

    @Mixin
    private ArkValeOptions arkVale = new ArkValeOptions();

    /**
     * All combinations of policies and budgets.
     *
     * @param seed of the policies that draw at random
     */
    public Grid grid(long seed) {
        requireDistinct("--policies", policies);
        requireDistinct("--budgets", budgets);
        var choices =
                policies.stream().map(policy -> arkVale.parse(policy, seed)).toList();
        arkVale.requireUsed(choices);
        return Grid.of(choices, budgets, arkVale.denseLayers());
    }

    public List<Integer> budgets() {
        return budgets;
    }

    public static void requireDistinct(String option, List<?> values) {
        if (new HashSet<>(values).size() < values.size()) {
            throw new UserException(option + " names a value twice: " + values);
        }
    }
}
