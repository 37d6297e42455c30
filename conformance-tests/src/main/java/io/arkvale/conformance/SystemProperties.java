package io.arkvale.conformance;

import java.util.Arrays;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** Options given on the command line of a test run. */
final class SystemProperties {
    private SystemProperties() {}

    static ConformanceOptions override(ConformanceOptions options) {
        var result = options;
        result = apply(result, "tries", (given, value) -> given.tries(Integer.parseInt(value)));
        result = apply(result, "actions", (given, value) -> given.actions(Long.parseLong(value)));
        result = apply(result, "seed", (given, value) -> given.seed(Long.parseLong(value)));
        return apply(
                result,
                "rules",
                (given, value) -> given.rules(Arrays.stream(value.split(","))
                        .map(rule -> Integer.valueOf(rule.strip()))
                        .collect(Collectors.toSet())));
    }

    private static ConformanceOptions apply(
            ConformanceOptions options, String name, BiFunction<ConformanceOptions, String, ConformanceOptions> set) {
        var value = System.getProperty("arkvale.conformance." + name);
        return value == null ? options : set.apply(options, value);
    }
}
