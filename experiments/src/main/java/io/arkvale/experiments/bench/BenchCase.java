package io.arkvale.experiments.bench;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.ElementType;
import io.arkvale.api.SequenceSpec;

/**
 * One measurement: layers of a model, a batch, a length and a budget.
 *
 * @param layers layers of a step; with several, what a step costs once is shared and no layer finds its pages in a cache
 * @param queryHeads query heads
 * @param kvHeads KV heads
 * @param headDim elements per head
 * @param elementType type of everything stored
 * @param batch sequences that decode together
 * @param tokens tokens of each before the first timed step
 * @param limited settings of the sequences with a budget; without dense layers
 * @param pageSize tokens per page
 * @param promptTokens tokens of the prompt whose prefill is timed
 */
public record BenchCase(
        int layers,
        int queryHeads,
        int kvHeads,
        int headDim,
        ElementType elementType,
        int batch,
        int tokens,
        SequenceSpec limited,
        int pageSize,
        int promptTokens) {

    /** A cache with room for the batch twice, with and without the budget, and for the prompt. */
    CacheSpec cache(int steps) {
        return CacheSpec.builder(layers, queryHeads, kvHeads, headDim)
                .elementType(elementType)
                .pageSize(pageSize)
                .roomFor(limited, Math.addExact(tokens, steps), batch)
                .roomFor(SequenceSpec.full(), Math.addExact(tokens, steps), batch)
                .roomFor(limited, promptTokens, 1)
                .build();
    }

    /** The shape alone, to be checked against what a backend supports. */
    public CacheSpec cacheShape() {
        return cache(0);
    }
}
