package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.api.Digest.Form;
import io.arkvale.api.Digest.Shape;
import io.arkvale.api.ElementType;
import io.arkvale.kernels.page.PageRows;
import io.arkvale.kernels.storage.Bfloat16;
import io.arkvale.kernels.storage.StorageFormat;
import io.arkvale.spi.FilledPage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Digests in the cache's element type. Vectors lie in panels of {@code [vectors · headDim][PAGES · parts]}, so that a vector
 * holds one number of many parts: two vectors of a cuboid, the centre of all else. Radii follow: a sphere's as float32
 * {@code [PAGES · parts]}, a disc's in panels of {@code [headDim / 2][PAGES · parts]}.
 */
final class WholeDigests extends DigestBlocks {
    private final Form form;
    private final int vectors;
    private final int columns;
    private final long vectorBytes;
    private final PageRows vectorRows;
    private final PageRows radiusRows;
    private final StorageFormat radiusFormat;
    private final long radiiAt;
    private final long headBytes;

    WholeDigests(CacheSpec spec, Form form) {
        super(spec, Math.multiplyExact(headBytes(spec, form), (long) spec.kvHeadsPerGroup()));
        this.form = form;
        vectors = vectors(form) * spec.headDim();
        columns = PAGES * form.parts();
        vectorBytes = (long) vectors * spec.elementType().bytes();
        vectorRows = new PageRows(StorageFormat.valueOf(spec.elementType().name()), vectors, columns);
        radiusFormat = radiusFormat(spec, form);
        radiusRows = new PageRows(radiusFormat, Math.max(1, radii(spec, form)), columns);
        radiiAt = vectorBytes * columns;
        headBytes = headBytes(spec, form);
    }

    private static int vectors(Form form) {
        return form.shape() == Shape.CUBOID ? 2 : 1;
    }

    /** Numbers of a part beside its vectors. */
    private static int radii(CacheSpec spec, Form form) {
        return form.shape() == Shape.CUBOID ? 0 : form.shape().extents(spec.headDim());
    }

    /** A radius may be larger than the largest number of 16 bits of F16. */
    private static StorageFormat radiusFormat(CacheSpec spec, Form form) {
        return form.shape() == Shape.DISC && spec.elementType() != ElementType.F32
                ? StorageFormat.BF16
                : StorageFormat.F32;
    }

    private static long headBytes(CacheSpec spec, Form form) {
        long vectorBytes =
                (long) vectors(form) * spec.headDim() * spec.elementType().bytes();
        long radiusBytes = (long) radii(spec, form) * radiusFormat(spec, form).bytes();
        return Math.multiplyExact(vectorBytes + radiusBytes, (long) PAGES * form.parts());
    }

    private long vectors(int block, int head) {
        return offset(block) + head * headBytes;
    }

    private long radii(int block, int head) {
        return vectors(block, head) + radiiAt;
    }

    @Override
    void summarise(Workers.Worker worker, FilledPage page, int head, MemorySegment rows) {
        int tokens = spec.pageSize() / form.parts();
        long partBytes = (long) tokens * spec.headDim() * spec.elementType().bytes();
        for (int part = 0; part < form.parts(); part++) {
            worker.digest.load(rows, part * partBytes, tokens);
            int column = page.index() * form.parts() + part;
            if (form.shape() == Shape.CUBOID) {
                cuboid(worker, page.digest(), tokens);
            } else {
                centre(worker, page.digest(), tokens);
                putRadii(worker, page, head, column);
            }
            vectorRows.putKeys(
                    worker.digestRow, 0, vectorBytes, 1, memory(page.block()), vectors(page.block(), head), column);
        }
    }

    private void cuboid(Workers.Worker worker, Digest digest, int tokens) {
        var scratch = worker.digestScratch;
        var upper = scratch.centre;
        var lower = scratch.lower;
        float largest = spec.elementType().largest();
        if (digest.isBound()) {
            worker.volume.box(upper, lower);
        } else {
            worker.volume.centre(Shape.CUBOID, upper);
            worker.volume.extents(digest, upper, tokens, scratch.extents, 0);
            for (int i = 0; i < spec.headDim(); i++) {
                float centre = upper[i];
                upper[i] = Math.clamp(centre + scratch.extents[i], -largest, largest);
                lower[i] = Math.clamp(centre - scratch.extents[i], -largest, largest);
            }
        }
        store(worker, upper, 0);
        store(worker, lower, 1);
    }

    /** Stores the centre and leaves the extents in the scratch. A disc's are measured from the centre as it is stored. */
    private void centre(Workers.Worker worker, Digest digest, int tokens) {
        var scratch = worker.digestScratch;
        worker.volume.centre(form.shape(), scratch.centre);
        store(worker, scratch.centre, 0);
        if (form.shape() == Shape.DISC) {
            worker.codec.decode(worker.digestRow, 0, scratch.centre, 0, spec.headDim());
        }
        worker.volume.extents(digest, scratch.centre, tokens, scratch.extents, 0);
    }

    private void putRadii(Workers.Worker worker, FilledPage page, int head, int column) {
        var memory = memory(page.block());
        long radii = radii(page.block(), head);
        var extents = worker.digestScratch.extents;
        if (form.shape() == Shape.SPHERE) {
            memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, radii + (long) column * Float.BYTES, extents[0]);
        } else if (form.shape() == Shape.DISC) {
            for (int i = 0; i < spec.headDim() / 2; i++) {
                radiusFormat.set(worker.radiusRow, (long) i * radiusFormat.bytes(), radius(page.digest(), extents[i]));
            }
            radiusRows.putKeys(worker.radiusRow, 0, 0, 1, memory, radii, column);
        }
    }

    /** A disc's radius, which is not rounded down if it is a bound. */
    private float radius(Digest digest, float extent) {
        if (radiusFormat == StorageFormat.F32) {
            return extent;
        }
        return digest.isBound()
                ? Bfloat16.widened(Bfloat16.above(extent))
                : Math.min(extent, ElementType.BF16.largest());
    }

    private void store(Workers.Worker worker, float[] vector, int index) {
        long bytes = (long) spec.headDim() * spec.elementType().bytes();
        worker.codec.encode(vector, 0, worker.digestRow, index * bytes, spec.headDim());
    }

    @Override
    float[] read(Workers.Worker worker, int block, int index, int head) {
        int length = spec.headDim() + form.shape().extents(spec.headDim());
        var numbers = new float[form.numbers(spec.headDim())];
        var memory = memory(block);
        for (int part = 0; part < form.parts(); part++) {
            int column = index * form.parts() + part;
            vectorRows.getKeys(memory, vectors(block, head), column, 1, worker.digestRow, 0, vectorBytes);
            worker.codec.decode(worker.digestRow, 0, numbers, part * length, vectors);
            int at = part * length + vectors;
            if (form.shape() == Shape.SPHERE) {
                numbers[at] =
                        memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, radii(block, head) + (long) column * Float.BYTES);
            } else if (form.shape() == Shape.DISC) {
                radiusRows.getKeys(memory, radii(block, head), column, 1, worker.radiusRow, 0, 0);
                for (int i = 0; i < spec.headDim() / 2; i++) {
                    numbers[at + i] = radiusFormat.get(worker.radiusRow, (long) i * radiusFormat.bytes());
                }
            }
        }
        return numbers;
    }

    @Override
    void queries(Workers.Worker worker, float[] queries, int at) {
        worker.score.queries(queries, at);
        if (form.shape() == Shape.DISC) {
            worker.radiusScore(radiusFormat).queries(worker.weights(form.shape(), queries, at), 0);
        }
    }

    @Override
    void score(Workers.Worker worker, int block, int head, int pages, float[] scores, int at, int row) {
        if (form.parts() == 1 && form.shape() != Shape.DISC) {
            scoreParts(worker, block, head, pages, scores, at, row);
            return;
        }
        int parts = pages * form.parts();
        int queryHeads = spec.queryHeadsPerKvHead();
        var partScores = worker.partScores(2 * queryHeads * columns);
        scoreParts(worker, block, head, parts, partScores, 0, columns);
        if (form.shape() == Shape.DISC) {
            int radii = queryHeads * columns;
            worker.radiusScore(radiusFormat)
                    .centroid(memory(block), radii(block, head), parts, partScores, radii, columns);
            for (int i = 0; i < radii; i++) {
                partScores[i] += partScores[radii + i];
            }
        }
        for (int query = 0; query < queryHeads; query++) {
            for (int page = 0; page < pages; page++) {
                int first = query * columns + page * form.parts();
                float best = partScores[first];
                for (int part = 1; part < form.parts(); part++) {
                    best = Math.max(best, partScores[first + part]);
                }
                scores[at + query * row + page] = best;
            }
        }
    }

    private void scoreParts(Workers.Worker worker, int block, int head, int count, float[] scores, int at, int row) {
        var memory = memory(block);
        long vectors = vectors(block, head);
        switch (form.shape()) {
            case CUBOID -> worker.score.cuboid(memory, vectors, count, scores, at, row);
            case POINT, DISC -> worker.score.centroid(memory, vectors, count, scores, at, row);
            case SPHERE -> worker.score.sphere(memory, vectors, memory, radii(block, head), count, scores, at, row);
        }
    }
}
