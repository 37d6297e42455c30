package io.arkvale.experiments.engine.layer;

import io.arkvale.experiments.engine.context.Context;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.causal.CausalAttention;
import io.arkvale.kernels.causal.PackedKeyValues;
import io.arkvale.llama.attention.DecodeRows;

/**
 * Full attention of several runs in one layer: over the shared context, block by block so that a block serves all runs
 * while it is in the processor's cache, then over each run's own tokens.
 */
public final class DenseLayers {
    private final Context context;
    private final int layer;
    private final CausalAttention attention;
    /** {@code [runs][kvHeads]}: what each run added to the context. */
    private final PackedKeyValues[][] tails;

    private final CausalAttention.State[][] states;

    public DenseLayers(Context context, int layer, int runs, DenseKernels kernels) {
        this.context = context;
        this.layer = layer;
        var shape = context.shape();
        attention = kernels.causalAttention(shape.queryHeadsPerKvHead(), shape.headDim());
        tails = new PackedKeyValues[runs][shape.kvHeads()];
        states = new CausalAttention.State[runs][shape.kvHeads()];
        for (int run = 0; run < runs; run++) {
            for (int head = 0; head < shape.kvHeads(); head++) {
                tails[run][head] = kernels.keyValues(shape.headDim());
                states[run][head] = attention.newState(1);
            }
        }
    }

    /** Adds the new token of a run in one KV head. */
    public void add(int kvHead, int run, int row, DecodeRows rows) {
        var shape = context.shape();
        var tail = tails[run][kvHead];
        var keyOffset = row * shape.kvWidth() + kvHead * shape.headDim();
        tail.reserve(tail.length() + 1);
        tail.put(tail.length() - 1, rows.keys(), keyOffset, rows.values(), keyOffset);
    }

    /**
     * Attends in one KV head for some runs, whose new tokens have been added.
     *
     * @param runs their numbers
     * @param rowOf the row of each run of the layer
     */
    public void attend(int kvHead, int[] runs, int[] rowOf, DecodeRows rows, float[] output) {
        var shape = context.shape();
        var groupWidth = shape.queryHeadsPerKvHead() * shape.headDim();
        for (int run : runs) {
            var offset = rowOf[run] * shape.queryWidth() + kvHead * groupWidth;
            attention.begin(states[run][kvHead], 1, rows.queries(), offset, shape.queryWidth());
        }
        var shared = context.keyValues(layer, kvHead);
        for (int key = 0; key < context.tokens(); key += PackedKeyValues.BLOCK) {
            var end = Math.min(context.tokens(), key + PackedKeyValues.BLOCK);
            for (int run : runs) {
                attention.accumulate(shared, context.tokens(), key, end, states[run][kvHead]);
            }
        }
        for (int run : runs) {
            var tail = tails[run][kvHead];
            attention.accumulate(tail, tail.length() - 1, 0, tail.length(), states[run][kvHead]);
            var offset = rowOf[run] * shape.queryWidth() + kvHead * groupWidth;
            attention.finish(states[run][kvHead], output, offset, shape.queryWidth());
        }
    }
}
