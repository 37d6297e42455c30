package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.api.ElementType;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.core.tensor.HostTensorDevice;
import io.arkvale.kernels.page.Panels;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.spi.Attention;
import io.arkvale.spi.FilledPage;
import io.arkvale.spi.PageScores;
import io.arkvale.spi.RowRun;
import io.arkvale.spi.Scoring;
import io.arkvale.spi.SlotCopy;
import io.arkvale.spi.Storage;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Pages in memory outside the heap, computed on by the threads of one pool; deterministic and batch-invariant. */
final class CpuDevice implements HostTensorDevice {
    private final CacheSpec spec;
    private final Storage storage;
    private final PageFormat format;
    private final Workers workers;
    private final SlotMemory slots;
    private final PageDigester digester;
    private final PageScorer scorer;
    private final DecodeAttention decode;
    private final PrefillAttention prefill;

    /** @throws io.arkvale.api.CapacityException if there is not so much memory */
    CpuDevice(CacheSpec spec, CpuOptions options, WorkerPool pool) {
        this.spec = spec;
        format = options.format(spec);
        storage = new Storage(format.slotBytes(), Panels.READ_BEYOND, DigestBlocks.PAGES, true, true);
        workers = new Workers(spec, options, pool);
        slots = new SlotMemory(spec, format, workers);
        digester = new PageDigester(spec, workers);
        scorer = new PageScorer(spec, workers, digester);
        decode = new DecodeAttention(spec, slots, format, workers);
        prefill = new PrefillAttention(spec, slots, format, workers);
    }

    @Override
    public Storage storage() {
        return storage;
    }

    @Override
    public boolean isFinite(HostMemory memory, ElementType type, long at, long elements) {
        return workers.codec.allFinite(memory.segment(), at, elements);
    }

    @Override
    public void write(List<RowRun> runs, HostMemory keys, HostMemory values) {
        slots.write(runs, keys, values);
    }

    @Override
    public void copy(int from, int to) {
        slots.copy(from, to);
    }

    @Override
    public void digest(List<FilledPage> pages) {
        digester.summarise(pages, slots, format);
    }

    @Override
    public void copyDigests(Digest digest, int from, int to) {
        digester.blocks(digest.form()).copy(from, to);
    }

    @Override
    public void reserveDigests(Digest.Form form, int blocks) {
        digester.blocks(form).reserve(blocks);
    }

    @Override
    public void download(List<SlotCopy> copies) {
        slots.download(copies);
    }

    @Override
    public void upload(List<SlotCopy> copies) {
        slots.upload(copies);
    }

    @Override
    public void score(List<Scoring> work, HostMemory queries, PageScores scores) {
        scorer.score(work, queries, scores.values());
    }

    @Override
    public void attend(List<Attention> work, HostMemory queries, HostMemory output) {
        boolean hasFew = false;
        for (int i = 0; i < work.size(); i++) {
            var part = work.get(i);
            if (part.rows() <= DecodeAttention.MOST_ROWS) {
                hasFew = true;
            } else {
                prefill.attend(part, queries, output);
            }
        }
        if (hasFew) {
            decode.attend(work, queries, output);
        }
    }

    @Override
    public void unpack(MemorySegment slot, MemorySegment rows) {
        long rowBytes = (long) spec.headDim() * spec.elementType().bytes();
        long headBytes = rowBytes * spec.pageSize();
        int heads = spec.kvHeadsPerGroup();
        var page = new HeadPage(spec);
        for (int head = 0; head < heads; head++) {
            format.show(slot, 0, head, spec.pageSize(), page);
            workers.rows.getKeys(page.memory, page.keys, 0, spec.pageSize(), rows, head * headBytes, rowBytes);
            long values = (heads + head) * headBytes;
            workers.rows.getValues(page.memory, page.values, 0, spec.pageSize(), rows, values, rowBytes);
        }
    }

    @Override
    public float[] digest(Digest digest, int block, int index, int head) {
        return digester.read(digest, block, index, head);
    }

    @Override
    public long deviceBytes() {
        return slots.bytes() + digester.bytes();
    }

    @Override
    public void close() {
        try {
            slots.close();
        } finally {
            digester.close();
        }
    }
}
