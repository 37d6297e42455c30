package io.arkvale.experiments.policy;

import io.arkvale.experiments.policy.option.Settings;

/**
 * What a policy is told when it begins in a layer.
 *
 * @param queryHeads query heads, a multiple of {@code kvHeads}
 * @param kvHeads key-value heads
 * @param headDim elements of a head
 * @param limitedLayer index among the layers that have a budget, from 0
 * @param limitedLayers layers that have a budget
 * @param budget tokens that a KV head may hold, on average over heads and limited layers, at the end of a step
 * @param options values of the policy's options
 */
public record LayerSetting(
        int queryHeads, int kvHeads, int headDim, int limitedLayer, int limitedLayers, int budget, Settings options) {
    /** Query heads that share one KV head. */
    public int queryHeadsPerKvHead() {
        return queryHeads / kvHeads;
    }
}
