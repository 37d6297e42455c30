package io.arkvale.tornado;

import io.arkvale.api.Digest;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Step (b), first half: scores of a run of pages for the query heads of one KV head, from the pages' digests. */
final class ScoreKernel {
    /** Most pages of an item. */
    static final int PAGES = 64;

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

    static void score(KernelContext context, IntArray table, FloatArray queries, FloatArray memory) {
        int headDim = table.get(Table.HEAD_DIM);
        for (int item = context.groupIdx; item < table.get(Table.ITEMS); item += table.get(Table.GROUPS)) {
            int at = Table.START + item * FIELDS;
            int query = table.get(at);
            int heads = table.get(at + 1);
            int list = table.get(at + 2);
            int pages = table.get(at + 3);
            int headOffset = table.get(at + 4);
            int form = table.get(at + 5);
            int target = table.get(at + 6);
            int stride = table.get(at + 7);
            for (int pair = context.localIdx; pair < pages * heads; pair += Engine.LANES) {
                int head = pair / pages;
                int page = pair - head * pages;
                int q = query + head * headDim;
                int digest = table.get(list + page) + headOffset;
                float score = 0;
                float squares = 0;
                if (form == CUBOID) {
                    for (int i = 0; i < headDim; i++) {
                        float element = queries.get(q + i);
                        float above = element * memory.get(digest + i);
                        float below = element * memory.get(digest + headDim + i);
                        score += TornadoMath.max(above, below);
                    }
                } else {
                    for (int i = 0; i < headDim; i++) {
                        float element = queries.get(q + i);
                        score += element * memory.get(digest + i);
                        squares += element * element;
                    }
                    if (form == SPHERE) {
                        score += memory.get(digest + headDim) * TornadoMath.sqrt(squares);
                    }
                }
                memory.set(target + head * stride + page, score);
            }
        }
    }
}
