package io.arkvale.tornado;

import io.arkvale.api.Digest;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** Step (b), first half: scores of a run of pages for the query heads of one KV head, from the pages' digests. */
final class ScoreKernel {
    /** Most pages of an item. */
    static final int PAGES = 64;

    /** Most query heads of an item. */
    static final int HEADS = 4;

    /** Lanes that share a page: together they read a sector of memory at a time. */
    private static final int SHARERS = 8;

    private static final int PAGES_AT_ONCE = Engine.LANES / SHARERS;

    /**
     * Fields of an item: where its queries lie, how many query heads, where the list of its pages' digests is, how many
     * pages, what to add for the KV head, the digests' form, where its scores go, and how far apart the heads' scores are.
     */
    static final int FIELDS = 8;

    static final int CUBOID = 0;
    static final int SPHERE = 1;
    static final int POINT = 2;

    private ScoreKernel() {}

    static int form(Digest digest) {
        return switch (digest.shape()) {
            case CUBOID -> CUBOID;
            case SPHERE -> SPHERE;
            case POINT -> POINT;
        };
    }

    /** Puts rows in place, of which the scores know nothing, and scores: one launch less. */
    static void appendAndScore(
            KernelContext context,
            IntArray table,
            FloatArray rows,
            FloatArray pages,
            ShortArray narrow,
            FloatArray memory) {
        AppendKernel.append(context, table, rows, pages, narrow);
        score(context, table, rows, memory);
    }

    static void score(KernelContext context, IntArray table, FloatArray queries, FloatArray memory) {
        float[] query = context.allocateFloatLocalArray(HEADS * Engine.MOST_HEAD_DIM);
        float[] parts = context.allocateFloatLocalArray(HEADS * Engine.LANES);
        float[] norms = context.allocateFloatLocalArray(HEADS * Engine.LANES);
        int headDim = table.get(Table.HEAD_DIM);
        int lane = context.localIdx;
        int sharer = lane % SHARERS;
        int start = table.get(Table.SCORE + 2);
        int items = table.get(Table.SCORE);
        int groups = table.get(Table.SCORE + 1);
        for (int item = context.groupIdx; item < items; item += groups) {
            int at = start + item * FIELDS;
            int queryAt = table.get(at);
            int heads = table.get(at + 1);
            int list = table.get(at + 2);
            int pages = table.get(at + 3);
            int headOffset = table.get(at + 4);
            int form = table.get(at + 5);
            int target = table.get(at + 6);
            int stride = table.get(at + 7);
            for (int i = lane; i < HEADS * headDim; i += Engine.LANES) {
                query[i] = i < heads * headDim ? queries.get(queryAt + i) : 0;
            }
            context.localBarrier();
            for (int first = 0; first < pages; first += PAGES_AT_ONCE) {
                int page = TornadoMath.min(first + lane / SHARERS, pages - 1);
                int digest = table.get(list + page) + headOffset;
                // Both branches store their sums themselves: where a value comes out of a branch that ends with a loop,
                // TornadoVM 5.2 takes it from that branch on every path.
                if (form == CUBOID) {
                    float score0 = 0;
                    float score1 = 0;
                    float score2 = 0;
                    float score3 = 0;
                    for (int i = sharer; i < headDim; i += SHARERS) {
                        float above = memory.get(digest + i);
                        float below = memory.get(digest + headDim + i);
                        float query0 = query[i];
                        float query1 = query[headDim + i];
                        float query2 = query[2 * headDim + i];
                        float query3 = query[3 * headDim + i];
                        score0 += TornadoMath.max(query0 * above, query0 * below);
                        score1 += TornadoMath.max(query1 * above, query1 * below);
                        score2 += TornadoMath.max(query2 * above, query2 * below);
                        score3 += TornadoMath.max(query3 * above, query3 * below);
                    }
                    parts[lane] = score0;
                    parts[Engine.LANES + lane] = score1;
                    parts[2 * Engine.LANES + lane] = score2;
                    parts[3 * Engine.LANES + lane] = score3;
                } else {
                    float score0 = 0;
                    float score1 = 0;
                    float score2 = 0;
                    float score3 = 0;
                    float square0 = 0;
                    float square1 = 0;
                    float square2 = 0;
                    float square3 = 0;
                    for (int i = sharer; i < headDim; i += SHARERS) {
                        float centre = memory.get(digest + i);
                        float query0 = query[i];
                        float query1 = query[headDim + i];
                        float query2 = query[2 * headDim + i];
                        float query3 = query[3 * headDim + i];
                        score0 += query0 * centre;
                        score1 += query1 * centre;
                        score2 += query2 * centre;
                        score3 += query3 * centre;
                        square0 += query0 * query0;
                        square1 += query1 * query1;
                        square2 += query2 * query2;
                        square3 += query3 * query3;
                    }
                    parts[lane] = score0;
                    parts[Engine.LANES + lane] = score1;
                    parts[2 * Engine.LANES + lane] = score2;
                    parts[3 * Engine.LANES + lane] = score3;
                    norms[lane] = square0;
                    norms[Engine.LANES + lane] = square1;
                    norms[2 * Engine.LANES + lane] = square2;
                    norms[3 * Engine.LANES + lane] = square3;
                }
                context.localBarrier();
                int count = TornadoMath.min(PAGES_AT_ONCE, pages - first);
                for (int pair = lane; pair < heads * PAGES_AT_ONCE; pair += Engine.LANES) {
                    int head = pair / PAGES_AT_ONCE;
                    int summed = pair - head * PAGES_AT_ONCE;
                    float score = 0;
                    float squares = 0;
                    for (int part = 0; part < SHARERS; part++) {
                        score += parts[head * Engine.LANES + summed * SHARERS + part];
                        squares += norms[head * Engine.LANES + summed * SHARERS + part];
                    }
                    if (summed < count) {
                        if (form == SPHERE) {
                            score += memory.get(table.get(list + first + summed) + headOffset + headDim)
                                    * TornadoMath.sqrt(squares);
                        }
                        memory.set(target + head * stride + first + summed, score);
                    }
                }
                context.localBarrier();
            }
        }
    }
}
