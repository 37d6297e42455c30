package io.arkvale.cuda.step;

import io.arkvale.api.Digest;
import io.arkvale.cuda.CudaCache;
import io.arkvale.cuda.CudaSequence;
import io.arkvale.cuda.DigestPools;
import io.arkvale.cuda.driver.Kernels.Grid;
import io.arkvale.cuda.kernel.CacheStructs.Layer;
import io.arkvale.cuda.kernel.CacheStructs.Sequence;
import io.arkvale.cuda.kernel.KernelArguments.DigestArguments;
import io.arkvale.cuda.kernel.KernelArguments.DigestCodedArguments;
import io.arkvale.cuda.kernel.KernelName;
import io.arkvale.cuda.kernel.Serving;
import io.arkvale.cuda.kernel.StructLayout;
import java.util.List;
import java.util.function.IntPredicate;

/** Queues what summarises full pages. */
public record DigestWork(CudaCache cache) {
    private static final StructLayout RECORD = StructLayout.of(Sequence.class);
    private static final int THREADS = 128;

    /**
     * Summarises the full pages of chunks in a layer.
     *
     * @param chunks where the device finds the chunk of each member, 0 if each has one token
     * @param mostPages most of any member
     * @param digests of the members that fill pages
     */
    public void run(Layer layer, long chunks, int mostPages, List<Digest> digests) {
        var spec = cache.spec();
        var grid = new Grid(mostPages, spec.kvHeads(), layer.batch());
        // This one notes too which slot holds the page of which backup, whatever the digest.
        cache.queue.launch(
                KernelName.DIGEST,
                grid,
                THREADS,
                spec.headDim() * Float.BYTES,
                new DigestArguments(layer, cache.pools.pages(), cache.pools.holders(), chunks));
        int codedBytes = 0;
        for (var digest : digests) {
            if (!digest.form().isWhole()) {
                codedBytes = Math.max(codedBytes, DigestPools.summaryBytes(digest.form(), spec));
            }
        }
        if (codedBytes > 0) {
            cache.queue.launch(
                    KernelName.DIGEST_CODED,
                    grid,
                    THREADS,
                    codedBytes,
                    new DigestCodedArguments(layer, cache.pools.pages(), chunks));
        }
    }

    /** Summarises the first pages of a sequence, which are full, in some layers. */
    public void run(CudaSequence sequence, int pages, IntPredicate layers) {
        if (pages == 0) {
            return;
        }
        var record =
                SequenceRecord.of(cache, sequence, 0, 0, pages * cache.spec().pageSize(), 0, Serving.EVERY);
        int recordBytes = RECORD.bytes();
        var part = cache.staging.take(recordBytes + RoleRows.CHUNK_BYTES);
        RECORD.write(record, part.buffer(), 0);
        part.buffer()
                .putInt(recordBytes, 0)
                .putInt(recordBytes + Integer.BYTES, record.tokens())
                .putInt(recordBytes + 2 * Integer.BYTES, 0)
                .putInt(recordBytes + 3 * Integer.BYTES, 0);
        long at = part.address().value();
        for (int layer = 0; layer < cache.spec().layers(); layer++) {
            if (layers.test(layer)) {
                var only = new Layer(cache.pools.shape(), layer, 1, at, 0, 0, record.serving());
                run(only, at + recordBytes, pages, List.of(sequence.spec().digest()));
            }
        }
    }
}
