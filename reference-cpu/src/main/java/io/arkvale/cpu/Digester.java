package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.kernels.FormatCodec;
import io.arkvale.kernels.PageRows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Summarises the keys of a filled page (paper, section 5.2). */
final class Digester {
    private final CacheSpec spec;
    private final FormatCodec codec;
    private final PageRows rows;

    Digester(CacheSpec spec, Workers workers) {
        this.spec = spec;
        codec = workers.codec;
        rows = workers.rows;
    }

    /** Writes the digest of one KV head's keys of one page into its place in the column. */
    void summarise(
            Workers.Worker worker,
            MemorySegment keys,
            long offset,
            DigestColumn column,
            Digest digest,
            int kvHead,
            int page) {
        long rowBytes = (long) spec.headDim() * spec.elementType().bytes();
        rows.getKeys(keys, offset, 0, spec.pageSize(), worker.pageRows, 0, rowBytes);
        worker.digest.load(worker.pageRows, 0, spec.pageSize());
        var target = worker.digestRow;
        switch (digest) {
            case CUBOID_MAX, CUBOID_CENTER, CUBOID_MEAN -> cuboid(worker, digest, target);
            case SPHERE_MAX, SPHERE_CENTER, SPHERE_MEAN ->
                column.memory(page)
                        .set(
                                ValueLayout.JAVA_FLOAT_UNALIGNED,
                                column.radius(kvHead, page),
                                sphere(worker, digest, target));
            case CENTROID -> {
                worker.digest.mean(worker.digestScratch.mean);
                store(worker.digestScratch.mean, target, 0);
            }
        }
        column.put(kvHead, page, target);
    }

    private void cuboid(Workers.Worker worker, Digest digest, MemorySegment target) {
        var scratch = worker.digestScratch;
        worker.digest.bounds(scratch.minimum, scratch.maximum);
        if (digest != Digest.CUBOID_MAX) {
            centre(scratch);
            worker.digest.deviations(scratch.centre, scratch.smallest, scratch.largest, scratch.mean);
            for (int i = 0; i < spec.headDim(); i++) {
                float deviation = digest == Digest.CUBOID_MEAN
                        ? scratch.mean[i]
                        : (scratch.smallest[i] + scratch.largest[i]) * 0.5f;
                scratch.maximum[i] = scratch.centre[i] + deviation;
                scratch.minimum[i] = scratch.centre[i] - deviation;
            }
        }
        store(scratch.maximum, target, 0);
        store(scratch.minimum, target, 1);
    }

    /** Stores the centre and returns the radius. */
    private float sphere(Workers.Worker worker, Digest digest, MemorySegment target) {
        var scratch = worker.digestScratch;
        worker.digest.bounds(scratch.minimum, scratch.maximum);
        centre(scratch);
        store(scratch.centre, target, 0);
        worker.digest.distances(scratch.centre, scratch.norms);
        float smallest = Float.POSITIVE_INFINITY;
        float largest = 0;
        float sum = 0;
        for (int token = 0; token < spec.pageSize(); token++) {
            float norm = scratch.norms[token];
            smallest = Math.min(smallest, norm);
            largest = Math.max(largest, norm);
            sum += norm;
        }
        return switch (digest) {
            case SPHERE_MAX -> largest;
            case SPHERE_CENTER -> (smallest + largest) * 0.5f;
            default -> sum / spec.pageSize();
        };
    }

    private void centre(DigestScratch scratch) {
        for (int i = 0; i < spec.headDim(); i++) {
            // Halved before the sum, which could overflow.
            scratch.centre[i] = scratch.minimum[i] * 0.5f + scratch.maximum[i] * 0.5f;
        }
    }

    private void store(float[] vector, MemorySegment target, int index) {
        long bytes = (long) spec.headDim() * spec.elementType().bytes();
        codec.encode(vector, 0, target, index * bytes, spec.headDim());
    }
}
