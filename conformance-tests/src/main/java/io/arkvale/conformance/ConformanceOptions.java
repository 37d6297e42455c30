package io.arkvale.conformance;

import io.arkvale.api.BackendProvider;
import io.arkvale.api.Backends;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What to check and how hard.
 *
 * @param provider provider of the backend
 * @param backendOptions options the backend is created with
 * @param rules rules to check; all if empty
 * @param tries cases tried for each property, at least 1
 * @param actions actions of the stateful verification, at least 1
 * @param shrinks most smaller cases tried once one has failed, at least 0
 * @param seed seed of everything that is generated
 * @param threads tests that run side by side, each on a backend of its own, at least 1
 */
public record ConformanceOptions(
        BackendProvider provider,
        Map<String, String> backendOptions,
        Set<Integer> rules,
        int tries,
        long actions,
        int shrinks,
        long seed,
        int threads) {

    private static final int DEFAULT_TRIES = 25;
    private static final long DEFAULT_ACTIONS = 2_000;
    private static final int DEFAULT_SHRINKS = 500;

    /** Checks the numbers and copies the collections. */
    public ConformanceOptions {
        backendOptions = Map.copyOf(backendOptions);
        rules = Set.copyOf(rules);
        if (tries < 1 || actions < 1) {
            throw new IllegalArgumentException(
                    "tries is " + tries + " and actions " + actions + "; both must be at least 1");
        }
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + "; it must be at least 1");
        }
        for (var rule : rules) {
            if (!RuleCatalog.rules().contains(rule)) {
                throw new IllegalArgumentException(
                        "there is no test of rule " + rule + "; rules with tests are " + RuleCatalog.rules());
            }
        }
    }

    /**
     * All rules, with default effort, of the backend that ServiceLoader finds.
     *
     * @throws io.arkvale.api.BackendUnavailableException if no provider has the id
     */
    public static ConformanceOptions of(String backendId) {
        return of(Backends.provider(backendId));
    }

    /** All rules, with default effort, of the given provider's backend. */
    public static ConformanceOptions of(BackendProvider provider) {
        return new ConformanceOptions(
                provider, Map.of(), Set.of(), DEFAULT_TRIES, DEFAULT_ACTIONS, DEFAULT_SHRINKS, 1, 1);
    }

    /** The same with one more backend option. */
    public ConformanceOptions option(String name, String value) {
        var options = new TreeMap<>(backendOptions);
        options.put(name, value);
        return new ConformanceOptions(provider, options, rules, tries, actions, shrinks, seed, threads);
    }

    /** The same for some rules alone. */
    public ConformanceOptions rules(Set<Integer> rules) {
        return new ConformanceOptions(
                provider, backendOptions, new TreeSet<>(rules), tries, actions, shrinks, seed, threads);
    }

    /** The same with other tries a property. */
    public ConformanceOptions tries(int tries) {
        return new ConformanceOptions(provider, backendOptions, rules, tries, actions, shrinks, seed, threads);
    }

    /** The same with other stateful actions. */
    public ConformanceOptions actions(long actions) {
        return new ConformanceOptions(provider, backendOptions, rules, tries, actions, shrinks, seed, threads);
    }

    /** The same with another limit of smaller cases tried once one has failed. */
    public ConformanceOptions shrinks(int shrinks) {
        return new ConformanceOptions(provider, backendOptions, rules, tries, actions, shrinks, seed, threads);
    }

    /** The same with another seed. */
    public ConformanceOptions seed(long seed) {
        return new ConformanceOptions(provider, backendOptions, rules, tries, actions, shrinks, seed, threads);
    }

    /** The same with another number of tests side by side. */
    public ConformanceOptions threads(int threads) {
        return new ConformanceOptions(provider, backendOptions, rules, tries, actions, shrinks, seed, threads);
    }
}
