package io.arkvale.experiments.policy.page;

import io.arkvale.experiments.policy.option.PolicyOption;
import io.arkvale.experiments.policy.option.Settings;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Ideas of later work that a policy of pages may add, each on its own.
 *
 * @param reuse least cosine between a group's queries and those of the last step at which the last step's pages serve
 *     again, so that recall can begin one step earlier (FreeKV, Liu et al., 2025); above 1 for never
 * @param tokens share of the tokens of the chosen pages that take part, the best by exact scores
 * @param mass share of the estimated softmax mass that the chosen pages need to reach; fewer then take part
 * @param estimate whether pages that do not take part count with their mean key and value (RetroInfer, Chen et al.,
 *     2025)
 */
public record PageIdeas(double reuse, double tokens, double mass, boolean estimate) {
    /** None of them. */
    public static final PageIdeas NONE = new PageIdeas(2, 1, 1, false);

    private static final PolicyOption REUSE = new PolicyOption(
            "reuse",
            "never",
            "never, or -1 to 1",
            "least cosine between a group's query and its last one at which the last step's pages serve again",
            new PolicyOption.Kind.Real(-1, 1));
    private static final PolicyOption TOKENS = PolicyOption.real(
            "tokens", 1, 0.01, 1, "share of the chosen pages' tokens that take part, by exact scores");
    private static final PolicyOption MASS = PolicyOption.real(
            "mass", 1, 0.01, 1, "take no more pages once they reach this share of the estimated" + " softmax mass");
    private static final PolicyOption ESTIMATE = PolicyOption.choice(
            "estimate", List.of("no", "yes"), "whether pages left out count with their mean key and value");

    /** The options. */
    public static final List<PolicyOption> OPTIONS = List.of(REUSE, TOKENS, MASS, ESTIMATE);

    /** Reads them off a policy's options. */
    public static PageIdeas of(Settings options) {
        return new PageIdeas(
                options.is(REUSE.name(), "never") ? NONE.reuse : options.real(REUSE.name()),
                options.real(TOKENS.name()),
                options.real(MASS.name()),
                options.is(ESTIMATE.name(), "yes"));
    }

    /**
     * As many of the best pages as bring them and the pages that take part anyway to the wanted share of the mass.
     *
     * @param ranking scores of all filled pages
     * @param temperature what scores are divided by before their exponential estimates a mass
     * @param always pages that take part anyway
     * @param best pages to choose from
     */
    public int[] enough(double[] ranking, double temperature, BitSet always, int[] best) {
        if (mass >= 1) {
            return best;
        }
        var largest = Arrays.stream(ranking).max().orElse(0);
        var masses = Arrays.stream(ranking)
                .map(score -> Math.exp((score - largest) / temperature))
                .toArray();
        var wanted = mass * Arrays.stream(masses).sum();
        var reached = always.stream()
                .filter(page -> page < masses.length)
                .mapToDouble(page -> masses[page])
                .sum();
        var order = Arrays.stream(best)
                .boxed()
                .sorted((a, b) -> Double.compare(ranking[b], ranking[a]))
                .toList();
        var count = 0;
        while (count < order.size() && reached < wanted) {
            reached += masses[order.get(count++)];
        }
        return order.subList(0, count).stream().mapToInt(page -> page).toArray();
    }
}
