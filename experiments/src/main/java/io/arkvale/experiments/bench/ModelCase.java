package io.arkvale.experiments.bench;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.ElementType;
import io.arkvale.api.SequenceSpec;
import io.arkvale.llama.config.LlamaConfig;

/**
 * One setting of decode steps of a whole model.
 *
 * @param batch sequences
 * @param context tokens of each before the first step
 * @param budget tokens of each that stay on the device, in layers that are not dense; 0 for all
 * @param denseLayers first layers that keep everything
 * @param pageSize tokens per page
 */
public record ModelCase(int batch, int context, int budget, int denseLayers, int pageSize) {

    /** How each sequence is kept. */
    public SequenceSpec settings() {
        return budget == 0
                ? SequenceSpec.full()
                : SequenceSpec.builder(pageSize)
                        .budgetTokens(budget)
                        .denseLayers(denseLayers)
                        .build();
    }

    /**
     * Room for the sequences and so many more tokens of each.
     *
     * @param stepTokens most tokens that a step brings to a sequence
     */
    public CacheSpec cache(LlamaConfig shape, ElementType type, int steps, int stepTokens) {
        return CacheSpec.builder(shape.layers(), shape.queryHeads(), shape.kvHeads(), shape.headDim())
                .elementType(type)
                .pageSize(pageSize)
                .roomFor(settings(), Math.addExact(context, steps), batch, stepTokens)
                .build();
    }

    /** Layers that have the budget. */
    public int limitedLayers(LlamaConfig shape) {
        return budget == 0 ? 0 : Math.max(0, shape.layers() - denseLayers);
    }
}
