package io.arkvale.conformance.cases;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.ElementType;
import java.util.List;

/**
 * Shape of a model and of its pages: a cache specification without its pools.
 *
 * @param layers layers
 * @param kvHeads KV heads
 * @param queryHeadsPerKvHead query heads per KV head
 * @param headDim elements of a head
 * @param elementType element type
 * @param pageSize tokens per page
 * @param headGroups head groups
 * @param attentionScale factor of products of queries and keys, 0 for the usual one
 * @param windows tokens that queries attend to, by layer, 0 for all; none for the layers beyond
 */
public record Shape(
        int layers,
        int kvHeads,
        int queryHeadsPerKvHead,
        int headDim,
        ElementType elementType,
        int pageSize,
        int headGroups,
        double attentionScale,
        List<Integer> windows) {
    private static final int MOST_NUMBERS_A_PAGE = 4096;

    /** With the usual scale and without windows. */
    public Shape(
            int layers,
            int kvHeads,
            int queryHeadsPerKvHead,
            int headDim,
            ElementType elementType,
            int pageSize,
            int headGroups) {
        this(layers, kvHeads, queryHeadsPerKvHead, headDim, elementType, pageSize, headGroups, 0, List.of());
    }

    /** A cache specification of this shape, whose pools are to be set. */
    public CacheSpec.Builder cache() {
        var spec = CacheSpec.builder(layers, kvHeads * queryHeadsPerKvHead, kvHeads, headDim)
                .elementType(elementType)
                .pageSize(pageSize)
                .headGroups(headGroups);
        for (var layer = 0; layer < layers; layer++) {
            if (window(layer) > 0) {
                spec.window(layer, window(layer));
            }
        }
        return attentionScale == 0 ? spec : spec.attentionScale(attentionScale);
    }

    /** Window of a layer, 0 for none. */
    public int window(int layer) {
        return layer < windows.size() ? windows.get(layer) : 0;
    }

    /** The same shape with the given windows by layer, 0 for none. */
    public Shape withWindows(List<Integer> some) {
        return new Shape(
                layers, kvHeads, queryHeadsPerKvHead, headDim, elementType, pageSize, headGroups, attentionScale, some);
    }

    /** The same shape with the given scale. */
    public Shape withAttentionScale(double scale) {
        return new Shape(
                layers, kvHeads, queryHeadsPerKvHead, headDim, elementType, pageSize, headGroups, scale, windows);
    }

    /** The same shape with at least the given layers. */
    public Shape atLeastLayers(int least) {
        return new Shape(
                Math.max(layers, least),
                kvHeads,
                queryHeadsPerKvHead,
                headDim,
                elementType,
                pageSize,
                headGroups,
                attentionScale,
                windows);
    }

    /** The same shape, with fewer layers and heads if a page of it is so large that a case would take long. */
    public Shape affordable(int leastQueryHeadsPerKvHead) {
        if ((long) layers * kvHeads * queryHeadsPerKvHead * headDim * pageSize <= MOST_NUMBERS_A_PAGE) {
            return this;
        }
        return new Shape(
                1,
                1,
                headDim * pageSize > MOST_NUMBERS_A_PAGE ? leastQueryHeadsPerKvHead : queryHeadsPerKvHead,
                headDim,
                elementType,
                pageSize,
                1,
                attentionScale,
                windows);
    }

    /** The same shape with one KV head. */
    public Shape withOneKvHead() {
        return new Shape(layers, 1, queryHeadsPerKvHead, headDim, elementType, pageSize, 1, attentionScale, windows);
    }

    /** The same shape with a head group for each KV head. */
    public Shape withAGroupForEachKvHead() {
        return new Shape(
                layers, kvHeads, queryHeadsPerKvHead, headDim, elementType, pageSize, kvHeads, attentionScale, windows);
    }
}
