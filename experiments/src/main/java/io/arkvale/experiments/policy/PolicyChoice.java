package io.arkvale.experiments.policy;

import io.arkvale.experiments.UserException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A policy with values for its options, as an experiment names it.
 *
 * @param label how it was named: reports print it
 * @param policy the policy
 * @param settings its checked options
 */
public record PolicyChoice(String label, Policy policy, Settings settings) {
    /** The option by which a policy that draws at random is told its seed. */
    public static final String SEED = "seed";

    /**
     * Reads {@code NAME} or {@code NAME:OPTION=VALUE:OPTION=VALUE...}.
     *
     * @param defaults values for options that the text leaves out, by short name of the policy, then option
     * @throws UserException for an unknown policy, option or value
     */
    public static PolicyChoice parse(String text, Map<String, Map<String, String>> defaults) {
        var parts = List.of(text.strip().split(":", -1));
        var policy = Policies.named(parts.getFirst());
        var values = new HashMap<>(defaults.getOrDefault(policy.info().shortName(), Map.of()));
        for (var part : parts.subList(1, parts.size())) {
            var equals = part.indexOf('=');
            if (equals < 1) {
                throw new UserException("'" + part + "' in policy '" + text + "' is not of the form OPTION=VALUE");
            }
            values.put(part.substring(0, equals), part.substring(equals + 1));
        }
        return new PolicyChoice(text.strip(), policy, Settings.of(policy.info(), values));
    }

    /**
     * The same with a run's seed, if the policy draws at random.
     *
     * @param seed the value of its option {@link #SEED} if the text names none
     */
    public static PolicyChoice parse(String text, Map<String, Map<String, String>> defaults, long seed) {
        var info = Policies.named(text.strip().split(":", -1)[0]).info();
        if (info.options().stream().noneMatch(option -> option.name().equals(SEED))) {
            return parse(text, defaults);
        }
        var all = new HashMap<>(defaults);
        all.computeIfAbsent(info.shortName(), name -> Map.of(SEED, Long.toString(seed)));
        return parse(text, all);
    }
}
