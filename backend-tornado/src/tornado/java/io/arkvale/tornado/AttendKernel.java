package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/**
 * Step (e) and prefill: softmax attention of up to {@link #VECTORS} query vectors over one split of a list of pages, in one
 * pass with a running maximum. Keys and values are read once for all vectors, a tile of tokens at a time: loads that do not
 * wait for each other are what fills the device. What comes out are the weighted values not yet divided, their maximum and
 * their sum, for {@link MergeKernel}.
 */
final class AttendKernel {
    /** Most query vectors of a share: query heads of one token, or of several tokens in a prefill. */
    static final int VECTORS = 4;

    /** Tokens that are attended to at a time: as many lanes as pairs of a vector and a token. */
    static final int TILE = 16;

    /** Lanes that share a token's key: together they read a sector of memory at a time. */
    private static final int SHARERS = 8;

    /** Tokens whose keys are read at the same time; each lane takes part in two. */
    private static final int AT_ONCE = Engine.LANES / SHARERS;

    /** A token's partial sums, with one number of padding, so that lanes that add them up meet different banks. */
    private static final int PART = SHARERS + 1;

    private static final int PARTS = AT_ONCE * PART;

    /**
     * Fields of an item: where its queries lie, how many rows it has, the list of its pages, first token and end among the
     * list's tokens, tokens that the first row sees, where the first share's result goes, and how far apart shares' results
     * are. Queries lie by KV head, then by row, then by query head. A share has some query heads of a KV head in one row, or
     * all of them in several.
     */
    static final int FIELDS = 8;

    /** Fields: first token, and end. */
    static final int FROM = 3;

    static final int END = 4;

    /** Stands for the logit of a token that is not seen; below all others. */
    static final float UNSEEN = -Float.MAX_VALUE;

    private AttendKernel() {}

    static void attend(
            KernelContext context,
            IntArray table,
            FloatArray queries,
            FloatArray pages,
            ShortArray narrow,
            FloatArray scales,
            FloatArray memory) {
        // A local array cannot be handed to a method: TornadoVM 5.2 would then address it as if it had a header.
        float[] query = context.allocateFloatLocalArray(VECTORS * Engine.MOST_HEAD_DIM);
        float[] sums = context.allocateFloatLocalArray(VECTORS * Engine.MOST_HEAD_DIM);
        float[] parts = context.allocateFloatLocalArray(2 * VECTORS * PARTS);
        float[] logits = context.allocateFloatLocalArray(VECTORS * TILE);
        float[] weights = context.allocateFloatLocalArray(VECTORS * TILE);
        float[] shrinks = context.allocateFloatLocalArray(VECTORS);
        int[] places = context.allocateIntLocalArray(TILE);
        int headDim = table.get(Table.HEAD_DIM);
        int pageSize = table.get(Table.PAGE_SIZE);
        int queryHeads = table.get(Table.QUERY_HEADS);
        int values = table.get(Table.VALUES);
        int shift = table.get(Table.SHIFT);
        int scalesAt = table.get(Table.SCALES);
        float scale = AttentionScale.number(table);
        int lane = context.localIdx;
        int vector = lane / TILE;
        int token = lane - vector * TILE;
        int keyToken = lane / SHARERS;
        int sharer = lane - keyToken * SHARERS;
        int partAt = keyToken * PART + sharer;
        // The pair's partial sums: those of the first tokens, then those of the others.
        int half = token / AT_ONCE;
        int pairAt = (half * VECTORS + vector) * PARTS + (token - half * AT_ONCE) * PART;
        int units = table.get(Table.ATTEND);
        int groups = table.get(Table.ATTEND + 1);
        int start = table.get(Table.ATTEND + 2);
        int shares = table.get(Table.ATTEND + 3);
        int chunks = (queryHeads + VECTORS - 1) / VECTORS;
        for (int unit = context.groupIdx; unit < units; unit += groups) {
            int item = unit / shares;
            int share = unit - item * shares;
            int head = share / chunks;
            int firstHead = (share - head * chunks) * VECTORS;
            int heads = TornadoMath.min(VECTORS, queryHeads - firstHead);
            int at = start + item * FIELDS;
            int rows = table.get(at + 1);
            int queryAt = table.get(at) + (head * queryHeads * rows + firstHead) * headDim;
            int list = table.get(at + 2);
            int first = table.get(at + FROM);
            int end = table.get(at + END);
            int seen = table.get(at + 5) + vector / heads;
            int target = table.get(at + 6) + share * table.get(at + 7);
            int vectors = rows * heads;
            int headOffset = head * headDim * pageSize;
            for (int i = lane; i < VECTORS * headDim; i += Engine.LANES) {
                query[i] = i < vectors * headDim ? queries.get(queryAt + i) : 0;
                sums[i] = 0;
            }
            // Lanes of a vector all know its maximum; each has a part of its sum.
            float largest = UNSEEN;
            float total = 0;
            for (int tile = first; tile < end; tile += TILE) {
                context.localBarrier();
                if (lane < TILE) {
                    // Beyond the end the last token stands in, with no weight.
                    int placed = TornadoMath.min(tile + lane, end - 1);
                    int page = placed / pageSize;
                    places[lane] = table.get(list + page) + headOffset + (placed - page * pageSize) * headDim;
                }
                context.localBarrier();
                int place0 = places[keyToken];
                int place1 = places[AT_ONCE + keyToken];
                float product00 = 0;
                float product01 = 0;
                float product02 = 0;
                float product03 = 0;
                float product10 = 0;
                float product11 = 0;
                float product12 = 0;
                float product13 = 0;
                // Both branches store their sums themselves: where a value comes out of a branch that ends with a loop,
                // TornadoVM 5.2 takes it from that branch on every path.
                if (shift == 0) {
                    for (int i = sharer; i < headDim; i += SHARERS) {
                        float key0 = pages.get(place0 + i);
                        float key1 = pages.get(place1 + i);
                        float query0 = query[i];
                        float query1 = query[headDim + i];
                        float query2 = query[2 * headDim + i];
                        float query3 = query[3 * headDim + i];
                        product00 += query0 * key0;
                        product01 += query1 * key0;
                        product02 += query2 * key0;
                        product03 += query3 * key0;
                        product10 += query0 * key1;
                        product11 += query1 * key1;
                        product12 += query2 * key1;
                        product13 += query3 * key1;
                    }
                    parts[partAt] = product00;
                    parts[PARTS + partAt] = product01;
                    parts[2 * PARTS + partAt] = product02;
                    parts[3 * PARTS + partAt] = product03;
                    parts[4 * PARTS + partAt] = product10;
                    parts[5 * PARTS + partAt] = product11;
                    parts[6 * PARTS + partAt] = product12;
                    parts[7 * PARTS + partAt] = product13;
                } else {
                    for (int i = sharer; i < headDim; i += SHARERS) {
                        float key0 = Stored.number(narrow, scales, shift, scalesAt, place0 + i);
                        float key1 = Stored.number(narrow, scales, shift, scalesAt, place1 + i);
                        float query0 = query[i];
                        float query1 = query[headDim + i];
                        float query2 = query[2 * headDim + i];
                        float query3 = query[3 * headDim + i];
                        product00 += query0 * key0;
                        product01 += query1 * key0;
                        product02 += query2 * key0;
                        product03 += query3 * key0;
                        product10 += query0 * key1;
                        product11 += query1 * key1;
                        product12 += query2 * key1;
                        product13 += query3 * key1;
                    }
                    parts[partAt] = product00;
                    parts[PARTS + partAt] = product01;
                    parts[2 * PARTS + partAt] = product02;
                    parts[3 * PARTS + partAt] = product03;
                    parts[4 * PARTS + partAt] = product10;
                    parts[5 * PARTS + partAt] = product11;
                    parts[6 * PARTS + partAt] = product12;
                    parts[7 * PARTS + partAt] = product13;
                }
                context.localBarrier();
                float product = 0;
                for (int part = 0; part < SHARERS; part++) {
                    product += parts[pairAt + part];
                }
                boolean isSeen = tile + token < end && tile + token < seen;
                float logit = isSeen ? product * scale : UNSEEN;
                logits[lane] = logit;
                context.localBarrier();
                float most = largest;
                for (int other = 0; other < TILE; other++) {
                    most = TornadoMath.max(most, logits[vector * TILE + other]);
                }
                float weight = isSeen ? TornadoMath.exp(logit - most) : 0;
                float shrink = largest > UNSEEN ? TornadoMath.exp(largest - most) : 0;
                total = total * shrink + weight;
                largest = most;
                weights[lane] = weight;
                if (token == 0) {
                    shrinks[vector] = shrink;
                }
                context.localBarrier();
                if (shift == 0) {
                    for (int i = lane; i < headDim; i += Engine.LANES) {
                        float sum0 = sums[i] * shrinks[0];
                        float sum1 = sums[headDim + i] * shrinks[1];
                        float sum2 = sums[2 * headDim + i] * shrinks[2];
                        float sum3 = sums[3 * headDim + i] * shrinks[3];
                        for (int row = 0; row < TILE; row++) {
                            float value = pages.get(places[row] + values + i);
                            sum0 += weights[row] * value;
                            sum1 += weights[TILE + row] * value;
                            sum2 += weights[2 * TILE + row] * value;
                            sum3 += weights[3 * TILE + row] * value;
                        }
                        sums[i] = sum0;
                        sums[headDim + i] = sum1;
                        sums[2 * headDim + i] = sum2;
                        sums[3 * headDim + i] = sum3;
                    }
                } else {
                    for (int i = lane; i < headDim; i += Engine.LANES) {
                        float sum0 = sums[i] * shrinks[0];
                        float sum1 = sums[headDim + i] * shrinks[1];
                        float sum2 = sums[2 * headDim + i] * shrinks[2];
                        float sum3 = sums[3 * headDim + i] * shrinks[3];
                        for (int row = 0; row < TILE; row++) {
                            float value = Stored.number(narrow, scales, shift, scalesAt, places[row] + values + i);
                            sum0 += weights[row] * value;
                            sum1 += weights[TILE + row] * value;
                            sum2 += weights[2 * TILE + row] * value;
                            sum3 += weights[3 * TILE + row] * value;
                        }
                        sums[i] = sum0;
                        sums[headDim + i] = sum1;
                        sums[2 * headDim + i] = sum2;
                        sums[3 * headDim + i] = sum3;
                    }
                }
            }
            context.localBarrier();
            logits[lane] = total;
            context.localBarrier();
            for (int i = lane; i < headDim; i += Engine.LANES) {
                for (int part = 0; part < vectors; part++) {
                    memory.set(target + part * (headDim + 2) + i, sums[part * headDim + i]);
                }
            }
            if (token == 0) {
                if (vector < vectors) {
                    float sum = 0;
                    for (int other = 0; other < TILE; other++) {
                        sum += logits[vector * TILE + other];
                    }
                    memory.set(target + vector * (headDim + 2) + headDim, largest);
                    memory.set(target + vector * (headDim + 2) + headDim + 1, sum);
                }
            }
            context.localBarrier();
        }
    }
}
