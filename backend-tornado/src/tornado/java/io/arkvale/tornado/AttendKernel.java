package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/**
 * Step (e) and prefill: softmax attention of up to {@link #VECTORS} query vectors over one split of a list of pages, in one
 * pass with a running maximum. Each tile of keys is brought into local memory once for all vectors. What comes out are the
 * weighted values not yet divided, their maximum and their sum, for {@link MergeKernel}.
 */
final class AttendKernel {
    /** Most query vectors of an item: query heads of one token, or of several tokens in a prefill. */
    static final int VECTORS = 4;

    /** Tokens that are in local memory at a time. */
    static final int TILE = 16;

    /**
     * Fields of an item: where its queries lie, how many, the list of its pages, first token and end among the list's
     * tokens, offset of the KV head in a page, tokens that the first vector sees, vectors per token, where its result goes.
     */
    static final int FIELDS = 9;

    /** Fields: first token, and end. */
    static final int FROM = 3;

    static final int END = 4;

    /** Stands for the logit of a token that is not seen; below all others. */
    private static final float UNSEEN = -Float.MAX_VALUE;

    private AttendKernel() {}

    static void attend(
            KernelContext context,
            IntArray table,
            FloatArray queries,
            FloatArray pages,
            ShortArray narrow,
            FloatArray scales,
            FloatArray memory) {
        float[] query = context.allocateFloatLocalArray(VECTORS * Engine.MOST_HEAD_DIM);
        // One number of padding a row, so that lanes that read one column each meet different banks.
        float[] keys = context.allocateFloatLocalArray(TILE * (Engine.MOST_HEAD_DIM + 1));
        float[] sums = context.allocateFloatLocalArray(VECTORS * Engine.MOST_HEAD_DIM);
        float[] logits = context.allocateFloatLocalArray(VECTORS * TILE);
        float[] weights = context.allocateFloatLocalArray(VECTORS * TILE);
        float[] largest = context.allocateFloatLocalArray(VECTORS);
        float[] larger = context.allocateFloatLocalArray(VECTORS);
        float[] total = context.allocateFloatLocalArray(VECTORS);
        float[] shrink = context.allocateFloatLocalArray(VECTORS);
        int headDim = table.get(Table.HEAD_DIM);
        int pageSize = table.get(Table.PAGE_SIZE);
        int values = table.get(Table.VALUES);
        int shift = table.get(Table.SHIFT);
        int scalesAt = table.get(Table.SCALES);
        float scale = 1 / TornadoMath.sqrt((float) headDim);
        int lane = context.localIdx;
        // As many lanes as pairs of a vector and a token of the tile.
        int vector = lane / TILE;
        int token = lane - vector * TILE;
        int start = table.get(Table.ATTEND + 2);
        int items = table.get(Table.ATTEND);
        int groups = table.get(Table.ATTEND + 1);
        for (int item = context.groupIdx; item < items; item += groups) {
            int at = start + item * FIELDS;
            int queryAt = table.get(at);
            int vectors = table.get(at + 1);
            int list = table.get(at + 2);
            int first = table.get(at + FROM);
            int end = table.get(at + END);
            int headOffset = table.get(at + 5);
            int seen = table.get(at + 6) + vector / table.get(at + 7);
            int target = table.get(at + 8);
            for (int i = lane; i < VECTORS * headDim; i += Engine.LANES) {
                query[i] = i < vectors * headDim ? queries.get(queryAt + i) : 0;
                sums[i] = 0;
            }
            if (lane < VECTORS) {
                largest[lane] = UNSEEN;
                total[lane] = 0;
            }
            for (int tile = first; tile < end; tile += TILE) {
                int count = TornadoMath.min(TILE, end - tile);
                int firstPage = tile / pageSize;
                int firstInPage = tile - firstPage * pageSize;
                context.localBarrier();
                // A local array cannot be handed to a method: TornadoVM 5.2 would then address it as if it had a
                // header.
                if (shift == 0) {
                    for (int i = lane; i < headDim; i += Engine.LANES) {
                        int page = firstPage;
                        int inPage = firstInPage;
                        int place = table.get(list + page) + headOffset + inPage * headDim + i;
                        for (int row = 0; row < count; row++) {
                            if (inPage == pageSize) {
                                page++;
                                inPage = 0;
                                place = table.get(list + page) + headOffset + i;
                            }
                            keys[row * (headDim + 1) + i] = pages.get(place);
                            place += headDim;
                            inPage++;
                        }
                    }
                } else {
                    for (int i = lane; i < headDim; i += Engine.LANES) {
                        int page = firstPage;
                        int inPage = firstInPage;
                        int place = table.get(list + page) + headOffset + inPage * headDim + i;
                        for (int row = 0; row < count; row++) {
                            if (inPage == pageSize) {
                                page++;
                                inPage = 0;
                                place = table.get(list + page) + headOffset + i;
                            }
                            keys[row * (headDim + 1) + i] = Stored.number(narrow, scales, shift, scalesAt, place);
                            place += headDim;
                            inPage++;
                        }
                    }
                }
                context.localBarrier();
                float product = 0;
                for (int i = 0; i < headDim; i++) {
                    product += query[vector * headDim + i] * keys[token * (headDim + 1) + i];
                }
                boolean isSeen = token < count && tile + token < seen;
                float logit = isSeen ? product * scale : UNSEEN;
                logits[lane] = logit;
                context.localBarrier();
                float before = largest[vector];
                float most = before;
                for (int other = 0; other < TILE; other++) {
                    most = TornadoMath.max(most, logits[vector * TILE + other]);
                }
                weights[lane] = isSeen ? TornadoMath.exp(logit - most) : 0;
                if (token == 0) {
                    shrink[vector] = total[vector] > 0 ? TornadoMath.exp(before - most) : 0;
                    larger[vector] = most;
                }
                context.localBarrier();
                if (lane < VECTORS) {
                    float added = 0;
                    for (int other = 0; other < TILE; other++) {
                        added += weights[lane * TILE + other];
                    }
                    total[lane] = total[lane] * shrink[lane] + added;
                    largest[lane] = larger[lane];
                }
                if (shift == 0) {
                    for (int i = lane; i < headDim; i += Engine.LANES) {
                        float sum0 = sums[i] * shrink[0];
                        float sum1 = sums[headDim + i] * shrink[1];
                        float sum2 = sums[2 * headDim + i] * shrink[2];
                        float sum3 = sums[3 * headDim + i] * shrink[3];
                        int page = firstPage;
                        int inPage = firstInPage;
                        int place = table.get(list + page) + headOffset + values + inPage * headDim + i;
                        for (int row = 0; row < count; row++) {
                            if (inPage == pageSize) {
                                page++;
                                inPage = 0;
                                place = table.get(list + page) + headOffset + values + i;
                            }
                            float value = pages.get(place);
                            sum0 += weights[row] * value;
                            sum1 += weights[TILE + row] * value;
                            sum2 += weights[2 * TILE + row] * value;
                            sum3 += weights[3 * TILE + row] * value;
                            place += headDim;
                            inPage++;
                        }
                        sums[i] = sum0;
                        sums[headDim + i] = sum1;
                        sums[2 * headDim + i] = sum2;
                        sums[3 * headDim + i] = sum3;
                    }
                } else {
                    for (int i = lane; i < headDim; i += Engine.LANES) {
                        float sum0 = sums[i] * shrink[0];
                        float sum1 = sums[headDim + i] * shrink[1];
                        float sum2 = sums[2 * headDim + i] * shrink[2];
                        float sum3 = sums[3 * headDim + i] * shrink[3];
                        int page = firstPage;
                        int inPage = firstInPage;
                        int place = table.get(list + page) + headOffset + values + inPage * headDim + i;
                        for (int row = 0; row < count; row++) {
                            if (inPage == pageSize) {
                                page++;
                                inPage = 0;
                                place = table.get(list + page) + headOffset + values + i;
                            }
                            float value = Stored.number(narrow, scales, shift, scalesAt, place);
                            sum0 += weights[row] * value;
                            sum1 += weights[TILE + row] * value;
                            sum2 += weights[2 * TILE + row] * value;
                            sum3 += weights[3 * TILE + row] * value;
                            place += headDim;
                            inPage++;
                        }
                        sums[i] = sum0;
                        sums[headDim + i] = sum1;
                        sums[2 * headDim + i] = sum2;
                        sums[3 * headDim + i] = sum3;
                    }
                }
            }
            context.localBarrier();
            for (int i = lane; i < headDim; i += Engine.LANES) {
                for (int part = 0; part < vectors; part++) {
                    memory.set(target + part * (headDim + 2) + i, sums[part * headDim + i]);
                }
            }
            if (lane < vectors) {
                memory.set(target + lane * (headDim + 2) + headDim, largest[lane]);
                memory.set(target + lane * (headDim + 2) + headDim + 1, total[lane]);
            }
            context.localBarrier();
        }
    }
}
