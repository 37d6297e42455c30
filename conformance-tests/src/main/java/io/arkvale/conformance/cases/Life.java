package io.arkvale.conformance.cases;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.SequenceSpec;
import io.arkvale.conformance.data.Settings;
import java.util.List;

/**
 * A whole life of a cache.
 *
 * @param shape shape of the cache
 * @param settings settings that sequences are begun with
 * @param copies sequences of each setting that the pools have room for: they may run out
 * @param kind kind of numbers
 * @param seed seed of the numbers
 * @param actions what happens
 */
public record Life(
        Shape shape, List<SequenceSpec> settings, int copies, DataKind kind, long seed, List<Action> actions) {
    /** Pages beyond its budget that a sequence grows to before it is closed. */
    private static final int PAGES_BEYOND = 12;

    /** Tokens that a sequence may grow to. */
    public int mostTokens(SequenceSpec spec) {
        return (Settings.largestBudget(spec, 4) + PAGES_BEYOND) * shape.pageSize();
    }

    /** A cache specification with the room for it. */
    public CacheSpec cache() {
        var builder = shape.cache();
        for (var spec : settings) {
            builder.roomFor(spec, mostTokens(spec), copies);
        }
        return builder.build();
    }
}
