package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.Kernels;
import io.arkvale.kernels.attention.AttentionKernel;
import io.arkvale.kernels.coded.CodedShape;
import io.arkvale.kernels.digest.DigestKernel;
import io.arkvale.kernels.digest.ScoreKernel;
import io.arkvale.kernels.page.PageRows;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.kernels.storage.FormatCodec;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** The threads of the backend and, for each, the kernels of one cache's shape, which own scratch memory. */
final class Workers {
    /** Columns of a block whose pages have the most parts. */
    private static final int COLUMNS = DigestBlocks.PAGES * Digest.Form.MOST_PARTS;

    final WorkerPool pool;
    final FormatCodec codec;
    final PageRows rows;
    final DenseKernels dense;
    private final Worker[] workers;

    /** One thread's kernels. */
    static final class Worker {
        final AttentionKernel attention;
        final ScoreKernel score;
        final DigestKernel digest;
        final PartVolume volume;
        final DigestScratch digestScratch;
        final FormatCodec codec;
        final HeadPage page;
        /** Room for one head's keys or values of a page as rows. */
        final MemorySegment pageRows;

        /** Room for the vectors of one part of a digest. */
        final MemorySegment digestRow;

        /** Room for the radii of one part of a digest. */
        final MemorySegment radiusRow;

        private final CacheSpec spec;
        private final Kernels kernels;
        private final Map<CodedShape, CodedKernels> coded = new HashMap<>();
        private final Map<StorageFormat, ScoreKernel> radiusScores = new EnumMap<>(StorageFormat.class);
        private final float[] weights;
        private float[] partScores = new float[0];

        private Worker(CacheSpec spec, Kernels kernels, StorageFormat format) {
            attention = kernels.attention(format, spec.queryHeadsPerKvHead(), spec.headDim(), spec.pageSize());
            this.spec = spec;
            this.kernels = kernels;
            score = kernels.score(format, spec.queryHeadsPerKvHead(), spec.headDim(), COLUMNS);
            digest = kernels.digest(format, spec.headDim(), spec.pageSize());
            volume = new PartVolume(digest, spec.headDim(), spec.pageSize());
            digestScratch = new DigestScratch(spec.headDim());
            codec = kernels.codec(format);
            weights = new float[spec.queryHeadsPerKvHead() * spec.headDim()];
            radiusRow = Arena.ofAuto().allocate((long) spec.headDim() * Float.BYTES);
            page = new HeadPage(spec);
            digestRow = Arena.ofAuto().allocate(2L * spec.headDim() * format.bytes());
            pageRows = Arena.ofAuto().allocate((long) spec.pageSize() * spec.headDim() * format.bytes());
        }

        /** The kernels of digests in few bits. */
        CodedKernels coded(CodedShape shape) {
            var known = coded.get(shape);
            if (known == null) {
                known = new CodedKernels(kernels, shape, spec.queryHeadsPerKvHead());
                coded.put(shape, known);
            }
            return known;
        }

        /** What scores the radii of discs that are stored in a format. */
        ScoreKernel radiusScore(StorageFormat format) {
            var known = radiusScores.get(format);
            if (known == null) {
                known = kernels.score(format, spec.queryHeadsPerKvHead(), spec.headDim() / 2, COLUMNS);
                radiusScores.put(format, known);
            }
            return known;
        }

        /** What the queries of a KV head weigh extents with, {@code [queryHeads][extents]}; valid until the next call. */
        float[] weights(Digest.Shape shape, float[] queries, int at) {
            ExtentWeights.of(shape, queries, at, spec.queryHeadsPerKvHead(), spec.headDim(), weights);
            return weights;
        }

        /** Room for the scores of a block's parts, which hold anything. */
        float[] partScores(int count) {
            if (partScores.length < count) {
                partScores = new float[count];
            }
            return partScores;
        }
    }

    Workers(CacheSpec spec, CpuOptions options, WorkerPool pool) {
        this.pool = pool;
        var format = StorageFormat.valueOf(spec.elementType().name());
        var kernels = options.kernels();
        codec = kernels.codec(format);
        rows = new PageRows(format, spec.headDim(), spec.pageSize());
        dense = options.denseKernels();
        workers = new Worker[pool.workers()];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(spec, kernels, format);
        }
    }

    /** The kernels of the worker of the given number. */
    Worker get(int number) {
        return workers[number];
    }
}
