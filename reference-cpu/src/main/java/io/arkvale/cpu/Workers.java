package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.Kernels;
import io.arkvale.kernels.attention.AttentionKernel;
import io.arkvale.kernels.digest.DigestKernel;
import io.arkvale.kernels.digest.ScoreKernel;
import io.arkvale.kernels.page.PageRows;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.kernels.storage.FormatCodec;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The threads of the backend and, for each, the kernels of one cache's shape, which own scratch memory. */
final class Workers {
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
        final DigestScratch digestScratch;
        final HeadPage page;
        /** Room for one head's keys or values of a page as rows. */
        final MemorySegment pageRows;

        /** Room for one digest's vectors. */
        final MemorySegment digestRow;

        private Worker(CacheSpec spec, Kernels kernels, StorageFormat format) {
            attention = kernels.attention(format, spec.queryHeadsPerKvHead(), spec.headDim(), spec.pageSize());
            score = kernels.score(format, spec.queryHeadsPerKvHead(), spec.headDim(), DigestBlocks.PAGES);
            digest = kernels.digest(format, spec.headDim(), spec.pageSize());
            digestScratch = new DigestScratch(spec.headDim(), spec.pageSize());
            page = new HeadPage(spec);
            digestRow = Arena.ofAuto().allocate(2L * spec.headDim() * format.bytes());
            pageRows = Arena.ofAuto().allocate((long) spec.pageSize() * spec.headDim() * format.bytes());
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
