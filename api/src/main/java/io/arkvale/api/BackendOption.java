package io.arkvale.api;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An option of a backend.
 *
 * @param name its name
 * @param defaultValue the value it takes if left out
 * @param allowed the allowed values in words, e.g. {@code 1 to 256} or {@code vector, scalar}
 * @param description what it does, in one clause
 */
public record BackendOption(String name, String defaultValue, String allowed, String description) {

    /**
     * The given values, and the defaults of all other options.
     *
     * @throws InvalidArgumentException for a name that is not among the options
     */
    public static Map<String, String> resolve(List<BackendOption> options, Map<String, String> given) {
        var resolved = new TreeMap<String, String>();
        for (var option : options) {
            resolved.put(option.name(), option.defaultValue());
        }
        for (var entry : given.entrySet()) {
            if (resolved.replace(entry.getKey(), entry.getValue()) == null) {
                throw new InvalidArgumentException(
                        "unknown backend option '" + entry.getKey() + "'; allowed: " + resolved.keySet());
            }
        }
        return resolved;
    }

    /** The error for a value of this option that is not allowed. */
    public InvalidArgumentException reject(String value) {
        return new InvalidArgumentException("backend option '" + name + "' is '" + value + "'; allowed: " + allowed);
    }
}
