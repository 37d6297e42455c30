package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.kernels.page.PageRows;
import io.arkvale.kernels.storage.FormatCodec;
import io.arkvale.spi.FilledPage;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Summarises the keys of filled pages (paper, section 5.2) and owns the digests. */
final class PageDigester implements AutoCloseable {
    private final CacheSpec spec;
    private final Workers workers;
    private final FormatCodec codec;
    private final PageRows rows;
    private final Map<Digest.Shape, DigestBlocks> blocks = new EnumMap<>(Digest.Shape.class);

    PageDigester(CacheSpec spec, Workers workers) {
        this.spec = spec;
        this.workers = workers;
        codec = workers.codec;
        rows = workers.rows;
    }

    /** The digests of a shape. */
    DigestBlocks blocks(Digest.Shape shape) {
        return blocks.computeIfAbsent(shape, missing -> new DigestBlocks(spec, missing));
    }

    /** Summarises pages whose keys lie in slots. */
    void summarise(List<FilledPage> pages, SlotMemory slots, PageFormat format) {
        for (var page : pages) {
            blocks(page.digest().shape()).memory(page.block()); // gives the block its place, which one thread must do
        }
        workers.pool.forEach(pages.size(), (item, number) -> {
            var page = pages.get(item);
            var worker = workers.get(number);
            for (int head = 0; head < spec.kvHeadsPerGroup(); head++) {
                format.show(slots.segment(), slots.offset(page.slot()), head, spec.pageSize(), worker.page);
                summarise(worker, page, head);
            }
        });
    }

    private void summarise(Workers.Worker worker, FilledPage page, int head) {
        long rowBytes = (long) spec.headDim() * spec.elementType().bytes();
        rows.getKeys(worker.page.memory, worker.page.keys, 0, spec.pageSize(), worker.pageRows, 0, rowBytes);
        worker.digest.load(worker.pageRows, 0, spec.pageSize());
        var column = blocks(page.digest().shape());
        var target = worker.digestRow;
        var digest = page.digest();
        switch (digest) {
            case CUBOID_MAX, CUBOID_CENTER, CUBOID_MEAN -> cuboid(worker, digest, target);
            case SPHERE_MAX, SPHERE_CENTER, SPHERE_MEAN ->
                column.putRadius(page.block(), page.index(), head, sphere(worker, digest, target));
            case CENTROID -> {
                worker.digest.mean(worker.digestScratch.mean);
                store(worker.digestScratch.mean, target, 0);
            }
        }
        column.put(page.block(), page.index(), head, target);
    }

    /** The digest of a head, widened: vectors, then the radius if it has one. */
    float[] read(Digest digest, int block, int index, int head) {
        int elements = digest.shape().vectors() * spec.headDim();
        var numbers = new float[elements + digest.shape().radii()];
        var column = blocks(digest.shape());
        var row = workers.get(0).digestRow;
        column.get(block, index, head, row);
        codec.decode(row, 0, numbers, 0, elements);
        if (digest.shape().radii() > 0) {
            numbers[elements] = column.radiusOf(block, index, head);
        }
        return numbers;
    }

    long bytes() {
        return blocks.values().stream().mapToLong(DigestBlocks::bytes).sum();
    }

    @Override
    public void close() {
        blocks.values().forEach(DigestBlocks::close);
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
