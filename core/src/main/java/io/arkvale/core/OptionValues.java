package io.arkvale.core;

import io.arkvale.api.BackendOption;
import io.arkvale.api.InvalidArgumentException;
import java.util.List;
import java.util.Map;

/** The values of a backend's options, defaults filled in, each read as what it stands for. */
public final class OptionValues {
    /** When non-finite values are reported, as the rules know it. Read by {@link #immediateChecks}. */
    public static final BackendOption CHECKS = new BackendOption(
            "checks",
            "deferred",
            "deferred, immediate",
            "when non-finite values are reported: at commit or at the call");

    private final Map<String, String> values;

    /**
     * Takes the values that a caller gave, by option name.
     *
     * @throws InvalidArgumentException for a name that is not among the options
     */
    public OptionValues(List<BackendOption> options, Map<String, String> given) {
        values = BackendOption.resolve(options, given);
    }

    /** The value of an option, unread. */
    public String get(BackendOption option) {
        return values.getOrDefault(option.name(), "");
    }

    /**
     * Whether an option of two values has the second.
     *
     * @throws InvalidArgumentException if it has neither
     */
    public boolean isSecond(BackendOption option, String first, String second) {
        var value = get(option);
        if (!value.equals(first) && !value.equals(second)) {
            throw option.reject(value);
        }
        return value.equals(second);
    }

    /**
     * The number that an option is.
     *
     * @throws InvalidArgumentException if it is none, or not from {@code least} to {@code most}
     */
    public int number(BackendOption option, int least, int most) {
        var value = get(option);
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below, as a number out of range is.
        }
        throw option.reject(value);
    }

    /**
     * Whether a non-finite value is an error at the call that brings it.
     *
     * @throws InvalidArgumentException if {@link #CHECKS} has a value that is not allowed
     */
    public boolean immediateChecks() {
        return isSecond(CHECKS, "deferred", "immediate");
    }
}
