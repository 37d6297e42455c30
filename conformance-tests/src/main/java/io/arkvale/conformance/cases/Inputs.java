package io.arkvale.conformance.cases;

import io.arkvale.api.CacheSpec;
import java.util.SplittableRandom;

/**
 * Keys, values and queries of every token, a function of the seed and the token's place alone, so that one text can be
 * fed to several caches.
 *
 * @param spec shape of the cache
 * @param kind kind of numbers
 * @param seed seed
 */
public record Inputs(CacheSpec spec, DataKind kind, long seed) {
    /** What a row is. */
    public enum What {
        /** Key of a token. */
        KEY,
        /** Value of a token. */
        VALUE,
        /** Query of a token. */
        QUERY,
        /** Query guessed for prefetch. */
        GUESS
    }

    /**
     * One row, exactly representable in the cache's element type.
     *
     * @param text which text; equal texts give equal rows
     * @return {@code [kvHeads · headDim]} or, for queries, {@code [queryHeads · headDim]}
     */
    public float[] row(What what, long text, int position, int layer) {
        var query = what == What.QUERY || what == What.GUESS;
        var row = new float[(query ? spec.queryHeads() : spec.kvHeads()) * spec.headDim()];
        var common = mix(mix(seed, what.name().hashCode()), layer);
        var own = mix(mix(common, text), position);
        kind.fill(
                row,
                spec.headDim(),
                query,
                spec.elementType(),
                new SplittableRandom(own),
                new SplittableRandom(common));
        return row;
    }

    private static long mix(long state, long next) {
        var z = (state ^ next * 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        return (z ^ z >>> 29) * 0x94D049BB133111EBL ^ z >>> 32;
    }
}
