package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Step (e) and prefill: softmax attention of up to {@link #VECTORS} query vectors over one split of a list of pages, in one
 * pass with a running maximum. Each tile of keys is brought into local memory once for all vectors. What comes out are the
 * weighted values not yet divided, their maximum and their sum, for {@link MergeKernel}.
 */
final class AttendKernel {
    /** Most query vectors of an item: query heads of one token, or of several tokens in a prefill. */
    static final int VECTORS = 8;

    /** Tokens that are in local memory at a time. */
    static final int TILE = 16;

    /**
     * Fields of an item: where its queries lie, how many, the list of its pages, first token and end among the list's
     * tokens, offset of the KV head in a page, tokens that the first vector sees, vectors a token, where its result goes.
     */
    static final int FIELDS = 9;

    /** Stands for the logit of a token that is not seen; below all others. */
    private static final float UNSEEN = -Float.MAX_VALUE;

    private AttendKernel() {}

    static void attend(KernelContext context, IntArray table, FloatArray queries, FloatArray memory) {
        float[] query = context.allocateFloatLocalArray(VECTORS * Engine.MOST_HEAD_DIM);
        // One number of padding a row, so that lanes that read one column each meet different banks.
        float[] keys = context.allocateFloatLocalArray(TILE * (Engine.MOST_HEAD_DIM + 1));
        float[] sums = context.allocateFloatLocalArray(VECTORS * Engine.MOST_HEAD_DIM);
        float[] weights = context.allocateFloatLocalArray(VECTORS * TILE);
        float[] largest = context.allocateFloatLocalArray(VECTORS);
        float[] total = context.allocateFloatLocalArray(VECTORS);
        float[] shrink = context.allocateFloatLocalArray(VECTORS);
        int headDim = table.get(Table.HEAD_DIM);
        int pageSize = table.get(Table.PAGE_SIZE);
        int values = table.get(Table.VALUES);
        float scale = 1 / TornadoMath.sqrt((float) headDim);
        for (int item = context.groupIdx; item < table.get(Table.ITEMS); item += table.get(Table.GROUPS)) {
            int at = Table.START + item * FIELDS;
            int queryAt = table.get(at);
            int vectors = table.get(at + 1);
            int list = table.get(at + 2);
            int first = table.get(at + 3);
            int end = table.get(at + 4);
            int headOffset = table.get(at + 5);
            int seen = table.get(at + 6);
            int tokenVectors = table.get(at + 7);
            int target = table.get(at + 8);
            for (int i = context.localIdx; i < VECTORS * headDim; i += Engine.LANES) {
                query[i] = i < vectors * headDim ? queries.get(queryAt + i) : 0;
                sums[i] = 0;
            }
            if (context.localIdx < VECTORS) {
                largest[context.localIdx] = UNSEEN;
                total[context.localIdx] = 0;
            }
            for (int tile = first; tile < end; tile += TILE) {
                int count = TornadoMath.min(TILE, end - tile);
                context.localBarrier();
                for (int i = context.localIdx; i < count * headDim; i += Engine.LANES) {
                    int token = i / headDim;
                    int element = i - token * headDim;
                    int page = (tile + token) / pageSize;
                    int place = table.get(list + page) + headOffset + (tile + token - page * pageSize) * headDim;
                    keys[token * (headDim + 1) + element] = memory.get(place + element);
                }
                context.localBarrier();
                for (int pair = context.localIdx; pair < VECTORS * TILE; pair += Engine.LANES) {
                    int vector = pair / TILE;
                    int token = pair - vector * TILE;
                    float logit = UNSEEN;
                    if (token < count && tile + token < seen + vector / tokenVectors) {
                        float product = 0;
                        for (int i = 0; i < headDim; i++) {
                            product += query[vector * headDim + i] * keys[token * (headDim + 1) + i];
                        }
                        logit = product * scale;
                    }
                    weights[pair] = logit;
                }
                context.localBarrier();
                if (context.localIdx < VECTORS) {
                    int vector = context.localIdx;
                    float before = largest[vector];
                    float most = before;
                    for (int token = 0; token < TILE; token++) {
                        most = TornadoMath.max(most, weights[vector * TILE + token]);
                    }
                    float added = 0;
                    for (int token = 0; token < TILE; token++) {
                        float weight = 0;
                        if (token < count && tile + token < seen + vector / tokenVectors) {
                            weight = TornadoMath.exp(weights[vector * TILE + token] - most);
                        }
                        weights[vector * TILE + token] = weight;
                        added += weight;
                    }
                    float kept = total[vector] > 0 ? TornadoMath.exp(before - most) : 0;
                    largest[vector] = most;
                    shrink[vector] = kept;
                    total[vector] = total[vector] * kept + added;
                }
                context.localBarrier();
                for (int i = context.localIdx; i < headDim; i += Engine.LANES) {
                    float sum0 = 0;
                    float sum1 = 0;
                    float sum2 = 0;
                    float sum3 = 0;
                    float sum4 = 0;
                    float sum5 = 0;
                    float sum6 = 0;
                    float sum7 = 0;
                    for (int token = 0; token < count; token++) {
                        int page = (tile + token) / pageSize;
                        int place = table.get(list + page) + headOffset + (tile + token - page * pageSize) * headDim;
                        float value = memory.get(place + values + i);
                        sum0 += weights[token] * value;
                        sum1 += weights[TILE + token] * value;
                        sum2 += weights[2 * TILE + token] * value;
                        sum3 += weights[3 * TILE + token] * value;
                        sum4 += weights[4 * TILE + token] * value;
                        sum5 += weights[5 * TILE + token] * value;
                        sum6 += weights[6 * TILE + token] * value;
                        sum7 += weights[7 * TILE + token] * value;
                    }
                    sums[i] = sums[i] * shrink[0] + sum0;
                    sums[headDim + i] = sums[headDim + i] * shrink[1] + sum1;
                    sums[2 * headDim + i] = sums[2 * headDim + i] * shrink[2] + sum2;
                    sums[3 * headDim + i] = sums[3 * headDim + i] * shrink[3] + sum3;
                    sums[4 * headDim + i] = sums[4 * headDim + i] * shrink[4] + sum4;
                    sums[5 * headDim + i] = sums[5 * headDim + i] * shrink[5] + sum5;
                    sums[6 * headDim + i] = sums[6 * headDim + i] * shrink[6] + sum6;
                    sums[7 * headDim + i] = sums[7 * headDim + i] * shrink[7] + sum7;
                }
            }
            context.localBarrier();
            for (int vector = 0; vector < vectors; vector++) {
                int to = target + vector * (headDim + 2);
                for (int i = context.localIdx; i < headDim; i += Engine.LANES) {
                    memory.set(to + i, sums[vector * headDim + i]);
                }
                if (context.localIdx == 0) {
                    memory.set(to + headDim, largest[vector]);
                    memory.set(to + headDim + 1, total[vector]);
                }
            }
            context.localBarrier();
        }
    }
}
