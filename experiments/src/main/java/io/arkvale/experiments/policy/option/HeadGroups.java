package io.arkvale.experiments.policy.option;

import io.arkvale.experiments.UserException;
import java.util.HashMap;
import java.util.Map;

/**
 * How many groups of KV heads choose pages, each for itself: one choice per layer, one per KV head, or something between. Named
 * {@code head-groups} by every policy; {@code choice=layer} and {@code choice=kv-head} are its old names.
 */
public final class HeadGroups {
    /** The word for as many groups as there are KV heads. */
    private static final String EACH = "each";

    private static final String NAME = "head-groups";

    /** The option. */
    public static final PolicyOption OPTION = new PolicyOption(
            NAME,
            "1",
            "1 to 1024, a divisor of the KV heads; or each",
            "groups of KV heads that choose pages, each for itself",
            new PolicyOption.Kind.WholeOr(1, 1024, EACH));

    private static final String OLD = "choice";
    private static final Map<String, String> OLD_VALUES = Map.of("layer", "1", "kv-head", EACH);

    private HeadGroups() {}

    /**
     * The number of groups.
     *
     * @throws UserException if it does not divide the KV heads
     */
    public static int of(Settings options, int kvHeads) {
        var groups = options.is(NAME, EACH) ? kvHeads : options.whole(NAME);
        if (kvHeads % groups != 0) {
            throw new UserException("head-groups is " + groups + "; allowed: divisors of the " + kvHeads + " KV heads");
        }
        return groups;
    }

    /** The given values with the option's name in place of its old one. */
    static Map<String, String> renamed(PolicyInfo policy, Map<String, String> given) {
        var old = given.get(OLD);
        if (old == null || !policy.options().contains(OPTION)) {
            return given;
        }
        var value = OLD_VALUES.get(old);
        if (value == null) {
            throw new UserException("option 'choice' of policy '" + policy.shortName() + "' is '" + old
                    + "'; allowed: layer, kv-head, the old names of head-groups=1 and head-groups=each");
        }
        if (given.containsKey(NAME) && !value.equals(given.get(NAME))) {
            throw new UserException("policy '" + policy.shortName() + "' has head-groups=" + given.get(NAME)
                    + " and choice=" + old + ", its old name; give one of them");
        }
        var values = new HashMap<>(given);
        values.remove(OLD);
        values.put(NAME, value);
        return values;
    }
}
