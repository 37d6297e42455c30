package io.arkvale.experiments.figure;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.Policies;
import io.arkvale.experiments.policy.Policy;
import io.arkvale.experiments.policy.option.PolicyInfo;
import java.util.Comparator;
import java.util.List;

/** The sentence about policies that recall beside policies that evict for good. */
public final class EvictedForGood {
    private EvictedForGood() {}

    /**
     * What ArkVale and the best of the evicting policies score at the smallest budget.
     *
     * @param what what is scored, as in "of the passkeys"
     */
    public static String finding(List<Score> scores, String what) {
        var least = Score.budgets(scores).stream()
                .min(Comparator.comparingInt(Integer::parseInt))
                .orElseThrow();
        var ours = Score.of(scores, "arkvale", least);
        var begin = "At a budget of " + least + " tokens ArkVale finds " + Score.percent(ours.value()) + " " + what;
        var best = scores.stream()
                .filter(score -> score.budget().equals(least) && evicts(score.policy()))
                .max(Comparator.comparingDouble(Score::value));
        return best.map(other -> begin + "; " + comparison(scores, other) + ".").orElse(begin + ".");
    }

    /** Whether a policy drops what does not fit its budget, and never gets it back. */
    private static boolean evicts(String name) {
        var base = name.replaceFirst(":.*", "");
        return Policies.all().stream()
                .map(Policy::info)
                .filter(info -> info.name().equals(base) || info.shortName().equals(base))
                .map(PolicyInfo::abilities)
                .anyMatch(abilities -> abilities.contains(Ability.EVICTS)
                        && !abilities.contains(Ability.RECALLS)
                        && !abilities.contains(Ability.UNBUDGETED));
    }

    private static String comparison(List<Score> scores, Score best) {
        var evicting =
                Score.policies(scores).stream().filter(EvictedForGood::evicts).toList();
        if (best.value() == 0) {
            return "policies that evict for good find none";
        }
        return evicting.size() == 1
                ? best.policy() + ", which evicts for good, finds " + Score.percent(best.value())
                : "of the policies that evict for good, none finds more than " + Score.percent(best.value());
    }
}
