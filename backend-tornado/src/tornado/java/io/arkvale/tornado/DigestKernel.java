package io.arkvale.tornado;

import io.arkvale.api.Digest;
import java.util.Arrays;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** Step (a): summarises the keys of one filled page and KV head (paper, section 5.2). */
final class DigestKernel {
    /** Fields of an item: where the keys begin, where the digest goes, its kind. */
    static final int FIELDS = 3;

    static final int BOUNDS = 0;
    static final int CUBOID_CENTER = 1;
    static final int CUBOID_MEAN = 2;
    static final int SPHERE_MAX = 3;
    static final int SPHERE_CENTER = 4;
    static final int SPHERE_MEAN = 5;
    static final int CENTROID = 6;

    private DigestKernel() {}

    /** The place of a digest among the seven that have names. */
    static int kind(Digest digest) {
        int kind = Arrays.asList(Digest.values()).indexOf(digest);
        if (kind < 0) {
            throw new IllegalArgumentException(digest + " is not declared");
        }
        return kind;
    }

    static void digest(
            KernelContext context,
            IntArray table,
            FloatArray pages,
            ShortArray narrow,
            FloatArray scales,
            FloatArray memory) {
        int shift = table.get(Table.SHIFT);
        int scalesAt = table.get(Table.SCALES);
        float[] centres = context.allocateFloatLocalArray(Engine.MOST_HEAD_DIM);
        float[] least = context.allocateFloatLocalArray(Engine.LANES);
        float[] most = context.allocateFloatLocalArray(Engine.LANES);
        float[] sums = context.allocateFloatLocalArray(Engine.LANES);
        int headDim = table.get(Table.HEAD_DIM);
        int tokens = table.get(Table.PAGE_SIZE);
        int start = table.get(Table.DIGEST + 2);
        int items = table.get(Table.DIGEST);
        int groups = table.get(Table.DIGEST + 1);
        for (int item = context.groupIdx; item < items; item += groups) {
            int keys = table.get(start + item * FIELDS);
            int target = table.get(start + item * FIELDS + 1);
            int kind = table.get(start + item * FIELDS + 2);
            for (int i = context.localIdx; i < headDim; i += Engine.LANES) {
                float first = Stored.number(pages, narrow, scales, shift, scalesAt, keys + i);
                float low = first;
                float high = first;
                float sum = first;
                for (int token = 1; token < tokens; token++) {
                    float key = Stored.number(pages, narrow, scales, shift, scalesAt, keys + token * headDim + i);
                    low = TornadoMath.min(low, key);
                    high = TornadoMath.max(high, key);
                    sum += key;
                }
                float centre = (low + high) / 2;
                centres[i] = centre;
                if (kind == CENTROID) {
                    memory.set(target + i, sum / tokens);
                } else if (kind >= SPHERE_MAX) {
                    memory.set(target + i, centre);
                } else if (kind == BOUNDS) {
                    memory.set(target + i, high);
                    memory.set(target + headDim + i, low);
                } else {
                    float nearest = TornadoMath.abs(first - centre);
                    float farthest = nearest;
                    float distances = nearest;
                    for (int token = 1; token < tokens; token++) {
                        float distance = TornadoMath.abs(
                                Stored.number(pages, narrow, scales, shift, scalesAt, keys + token * headDim + i)
                                        - centre);
                        nearest = TornadoMath.min(nearest, distance);
                        farthest = TornadoMath.max(farthest, distance);
                        distances += distance;
                    }
                    float reach = distances / tokens;
                    if (kind == CUBOID_CENTER) {
                        reach = (nearest + farthest) / 2;
                    }
                    memory.set(target + i, centre + reach);
                    memory.set(target + headDim + i, centre - reach);
                }
            }
            context.localBarrier();
            // Each lane keeps its norms to itself: stored in local memory by this loop, they were read as zeros on PoCL
            // 3.1.
            float nearest = Float.MAX_VALUE;
            float farthest = 0;
            float sum = 0;
            for (int token = context.localIdx; token < tokens; token += Engine.LANES) {
                float squares = 0;
                for (int i = 0; i < headDim; i++) {
                    float distance = Stored.number(pages, narrow, scales, shift, scalesAt, keys + token * headDim + i)
                            - centres[i];
                    squares += distance * distance;
                }
                float norm = TornadoMath.sqrt(squares);
                nearest = TornadoMath.min(nearest, norm);
                farthest = TornadoMath.max(farthest, norm);
                sum += norm;
            }
            least[context.localIdx] = nearest;
            most[context.localIdx] = farthest;
            sums[context.localIdx] = sum;
            context.localBarrier();
            if (context.localIdx == 0 && kind >= SPHERE_MAX && kind != CENTROID) {
                for (int lane = 1; lane < Engine.LANES; lane++) {
                    nearest = TornadoMath.min(nearest, least[lane]);
                    farthest = TornadoMath.max(farthest, most[lane]);
                    sum += sums[lane];
                }
                float radius = sum / tokens;
                if (kind == SPHERE_MAX) {
                    radius = farthest;
                }
                if (kind == SPHERE_CENTER) {
                    radius = (nearest + farthest) / 2;
                }
                memory.set(target + headDim, radius);
            }
            context.localBarrier();
        }
    }
}
