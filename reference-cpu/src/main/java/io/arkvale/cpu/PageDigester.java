package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.api.Digest.Form;
import io.arkvale.kernels.page.PageRows;
import io.arkvale.spi.FilledPage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Summarises the keys of filled pages (paper, section 5.2) and owns the digests. */
final class PageDigester implements AutoCloseable {
    private final CacheSpec spec;
    private final Workers workers;
    private final PageRows rows;
    private final Map<Form, DigestBlocks> blocks = new HashMap<>();

    PageDigester(CacheSpec spec, Workers workers) {
        this.spec = spec;
        this.workers = workers;
        rows = workers.rows;
    }

    /** The digests of a form. */
    DigestBlocks blocks(Form form) {
        var known = blocks.get(form); // threads may ask for those that are there
        return known != null ? known : create(form);
    }

    private DigestBlocks create(Form form) {
        var created = form.isWhole() ? new WholeDigests(spec, form) : new CodedDigests(spec, form);
        blocks.put(form, created);
        return created;
    }

    /** Summarises pages whose keys lie in slots. */
    void summarise(List<FilledPage> pages, SlotMemory slots, PageFormat format) {
        for (var page : pages) {
            blocks(page.digest().form()).memory(page.block()); // gives the block its place, which one thread must do
        }
        long rowBytes = (long) spec.headDim() * spec.elementType().bytes();
        workers.pool.forEach(pages.size(), (item, number) -> {
            var page = pages.get(item);
            var worker = workers.get(number);
            for (int head = 0; head < spec.kvHeadsPerGroup(); head++) {
                format.show(slots.segment(), slots.offset(page.slot()), head, spec.pageSize(), worker.page);
                rows.getKeys(worker.page.memory, worker.page.keys, 0, spec.pageSize(), worker.pageRows, 0, rowBytes);
                blocks(page.digest().form()).summarise(worker, page, head, worker.pageRows);
            }
        });
    }

    /** The digest of a head, widened. */
    float[] read(Digest digest, int block, int index, int head) {
        return blocks(digest.form()).read(workers.get(0), block, index, head);
    }

    long bytes() {
        return blocks.values().stream().mapToLong(DigestBlocks::bytes).sum();
    }

    @Override
    public void close() {
        blocks.values().forEach(DigestBlocks::close);
    }
}
