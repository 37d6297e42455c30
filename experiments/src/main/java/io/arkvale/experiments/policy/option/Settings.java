package io.arkvale.experiments.policy.option;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.input.Nearest;
import java.util.Map;
import java.util.TreeMap;

/** Checked values of a policy's options, defaults filled in. */
public final class Settings {
    private final Map<String, String> values;

    private Settings(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Completes the given values by the policy's defaults.
     *
     * @throws UserException for an unknown option or a value that is not allowed; lists what is
     */
    public static Settings of(PolicyInfo policy, Map<String, String> given) {
        var values = new TreeMap<String, String>();
        policy.options().forEach(option -> values.put(option.name(), option.defaultValue()));
        for (var entry : HeadGroups.renamed(policy, given).entrySet()) {
            if (!values.containsKey(entry.getKey())) {
                throw new UserException("unknown option '" + entry.getKey() + "' of policy '" + policy.shortName()
                        + "'; its options: " + values.keySet() + Nearest.question(entry.getKey(), values.keySet()));
            }
            values.put(entry.getKey(), entry.getValue());
        }
        policy.options().forEach(option -> option.check(policy.shortName(), word(values, option.name())));
        return new Settings(values);
    }

    /** All values by option. */
    public Map<String, String> asMap() {
        return Map.copyOf(values);
    }

    /** The value of an option as a word. */
    public String word(String option) {
        return word(values, option);
    }

    /** The value of an option as a whole number. */
    public int whole(String option) {
        return Integer.parseInt(word(option));
    }

    /** The value of an option as a number. */
    public double real(String option) {
        return Double.parseDouble(word(option));
    }

    /** Whether the value of an option is the given word, such as {@code auto} or {@code all}. */
    public boolean is(String option, String word) {
        return word(option).equals(word);
    }

    private static String word(Map<String, String> values, String option) {
        var value = values.get(option);
        if (value == null) {
            throw new IllegalArgumentException("option '" + option + "' is not declared");
        }
        return value;
    }
}
