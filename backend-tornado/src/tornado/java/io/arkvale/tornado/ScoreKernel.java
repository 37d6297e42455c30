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
    static final int PAGES = 16;

    /** Most query heads of a share. */
    static final int HEADS = 4;

    /** Lanes that share a page: together they read a sector of memory at a time. Each takes part in two pages. */
    private static final int SHARERS = 8;

    private static final int AT_ONCE = Engine.LANES / SHARERS;

    /** A page's partial sums, with one number of padding, so that lanes that add them up meet different banks. */
    private static final int PART = SHARERS + 1;

    private static final int PARTS = PAGES * PART;

    /**
     * Fields of an item: where its queries lie, where the list of its pages' digests is, how many pages, the digests' form,
     * where the first head's scores go, and how far apart the heads' scores are. A share has some query heads of a KV head.
     */
    static final int FIELDS = 6;

    static final int CUBOID = 0;
    static final int SPHERE = 1;
    static final int POINT = 2;

    private ScoreKernel() {}

    static int form(Digest digest) {
        return switch (digest.shape()) {
            case CUBOID -> CUBOID;
            case SPHERE -> SPHERE;
            case POINT -> POINT;
            case DISC -> throw new IllegalArgumentException(digest + " is not declared");
        };
    }

    /**
     * Puts rows in place, of which the scores know nothing, and scores: one launch less. In one method, since TornadoVM
     * inlines none as large as the second half.
     */
    static void appendAndScore(
            KernelContext context,
            IntArray table,
            FloatArray rows,
            FloatArray pages,
            ShortArray narrow,
            FloatArray memory) {
        AppendKernel.append(context, table, rows, pages, narrow);
        float[] query = context.allocateFloatLocalArray(HEADS * Engine.MOST_HEAD_DIM);
        float[] parts = context.allocateFloatLocalArray(HEADS * PARTS);
        float[] norms = context.allocateFloatLocalArray(HEADS * SHARERS);
        int headDim = table.get(Table.HEAD_DIM);
        int queryHeads = table.get(Table.QUERY_HEADS);
        int lane = context.localIdx;
        int lanePage = lane / SHARERS;
        int sharer = lane - lanePage * SHARERS;
        int part0 = lanePage * PART + sharer;
        int part1 = (AT_ONCE + lanePage) * PART + sharer;
        int units = table.get(Table.SCORE);
        int groups = table.get(Table.SCORE + 1);
        int start = table.get(Table.SCORE + 2);
        int shares = table.get(Table.SCORE + 3);
        int chunks = (queryHeads + HEADS - 1) / HEADS;
        for (int unit = context.groupIdx; unit < units; unit += groups) {
            int item = unit / shares;
            int share = unit - item * shares;
            int head = share / chunks;
            int firstHead = (share - head * chunks) * HEADS;
            int heads = TornadoMath.min(HEADS, queryHeads - firstHead);
            int queryHead = head * queryHeads + firstHead;
            int at = start + item * FIELDS;
            int queryAt = table.get(at) + queryHead * headDim;
            int list = table.get(at + 1);
            int count = table.get(at + 2);
            int form = table.get(at + 3);
            int stride = table.get(at + 5);
            int target = table.get(at + 4) + queryHead * stride;
            int headOffset = head * 2 * headDim;
            for (int i = lane; i < HEADS * headDim; i += Engine.LANES) {
                query[i] = i < heads * headDim ? rows.get(queryAt + i) : 0;
            }
            context.localBarrier();
            // Where there are fewer pages, the last stands in.
            int digest0 = table.get(list + TornadoMath.min(lanePage, count - 1)) + headOffset;
            int digest1 = table.get(list + TornadoMath.min(AT_ONCE + lanePage, count - 1)) + headOffset;
            float score00 = 0;
            float score01 = 0;
            float score02 = 0;
            float score03 = 0;
            float score10 = 0;
            float score11 = 0;
            float score12 = 0;
            float score13 = 0;
            // Both branches store their sums themselves: where a value comes out of a branch that ends with a loop,
            // TornadoVM 5.2 takes it from that branch on every path.
            if (form == CUBOID) {
                for (int i = sharer; i < headDim; i += SHARERS) {
                    float above0 = memory.get(digest0 + i);
                    float below0 = memory.get(digest0 + headDim + i);
                    float above1 = memory.get(digest1 + i);
                    float below1 = memory.get(digest1 + headDim + i);
                    float query0 = query[i];
                    float query1 = query[headDim + i];
                    float query2 = query[2 * headDim + i];
                    float query3 = query[3 * headDim + i];
                    score00 += TornadoMath.max(query0 * above0, query0 * below0);
                    score01 += TornadoMath.max(query1 * above0, query1 * below0);
                    score02 += TornadoMath.max(query2 * above0, query2 * below0);
                    score03 += TornadoMath.max(query3 * above0, query3 * below0);
                    score10 += TornadoMath.max(query0 * above1, query0 * below1);
                    score11 += TornadoMath.max(query1 * above1, query1 * below1);
                    score12 += TornadoMath.max(query2 * above1, query2 * below1);
                    score13 += TornadoMath.max(query3 * above1, query3 * below1);
                }
                parts[part0] = score00;
                parts[PARTS + part0] = score01;
                parts[2 * PARTS + part0] = score02;
                parts[3 * PARTS + part0] = score03;
                parts[part1] = score10;
                parts[PARTS + part1] = score11;
                parts[2 * PARTS + part1] = score12;
                parts[3 * PARTS + part1] = score13;
            } else {
                float square0 = 0;
                float square1 = 0;
                float square2 = 0;
                float square3 = 0;
                for (int i = sharer; i < headDim; i += SHARERS) {
                    float centre0 = memory.get(digest0 + i);
                    float centre1 = memory.get(digest1 + i);
                    float query0 = query[i];
                    float query1 = query[headDim + i];
                    float query2 = query[2 * headDim + i];
                    float query3 = query[3 * headDim + i];
                    score00 += query0 * centre0;
                    score01 += query1 * centre0;
                    score02 += query2 * centre0;
                    score03 += query3 * centre0;
                    score10 += query0 * centre1;
                    score11 += query1 * centre1;
                    score12 += query2 * centre1;
                    score13 += query3 * centre1;
                    square0 += query0 * query0;
                    square1 += query1 * query1;
                    square2 += query2 * query2;
                    square3 += query3 * query3;
                }
                parts[part0] = score00;
                parts[PARTS + part0] = score01;
                parts[2 * PARTS + part0] = score02;
                parts[3 * PARTS + part0] = score03;
                parts[part1] = score10;
                parts[PARTS + part1] = score11;
                parts[2 * PARTS + part1] = score12;
                parts[3 * PARTS + part1] = score13;
                // The same for all pages.
                if (lanePage == 0) {
                    norms[sharer] = square0;
                    norms[SHARERS + sharer] = square1;
                    norms[2 * SHARERS + sharer] = square2;
                    norms[3 * SHARERS + sharer] = square3;
                }
            }
            context.localBarrier();
            for (int pair = lane; pair < heads * PAGES; pair += Engine.LANES) {
                int scored = pair / PAGES;
                int page = pair - scored * PAGES;
                float score = 0;
                float squares = 0;
                for (int part = 0; part < SHARERS; part++) {
                    score += parts[scored * PARTS + page * PART + part];
                    squares += norms[scored * SHARERS + part];
                }
                if (page < count) {
                    if (form == SPHERE) {
                        score += memory.get(table.get(list + page) + headOffset + headDim) * TornadoMath.sqrt(squares);
                    }
                    memory.set(target + scored * stride + page, score);
                }
            }
            context.localBarrier();
        }
    }
}
