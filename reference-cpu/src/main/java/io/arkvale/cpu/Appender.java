package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.support.HostTensor;
import io.arkvale.api.support.PageTable;

/** Step (a): stores tokens in pages; summarises and backs up the pages that fill. */
final class Appender {
    private final CacheSpec spec;
    private final PageStore store;
    private final Workers workers;
    private final Digester digester;

    Appender(CacheSpec spec, PageStore store, Workers workers) {
        this.spec = spec;
        this.store = store;
        this.workers = workers;
        digester = new Digester(spec, workers);
    }

    /**
     * Stores {@code count} tokens whose keys and values are rows {@code firstRow} on. Slots and backups were reserved.
     *
     * @return bytes that the backups of filled pages take
     */
    long append(SequenceSpec sequence, LayerPages layer, HostTensor keys, HostTensor values, int firstRow, int count) {
        int pageSize = spec.pageSize();
        int before = layer.tokens;
        int after = before + count;
        int firstPage = before / pageSize;
        openPages(layer, firstPage, before % pageSize != 0, spec.pages(after));
        int filledBefore = firstPage;
        int filledAfter = layer.digests == null ? filledBefore : after / pageSize;
        if (layer.digests != null) {
            layer.digests.resize(filledAfter);
        }
        workers.pool.forEach(spec.pages(after) - firstPage, (item, worker) -> {
            int page = firstPage + item;
            int from = Math.max(before, page * pageSize);
            int to = Math.min(after, (page + 1) * pageSize);
            for (int group = 0; group < layer.groups.size(); group++) {
                copy(layer.groups.get(group), group, page, from, to, keys, values, firstRow + from - before);
                if (page < filledAfter) {
                    summarise(workers.get(worker), sequence, layer, group, page);
                }
            }
        });
        for (int page = filledBefore; page < filledAfter; page++) {
            for (var group : layer.groups) {
                store.backUp(group, page);
            }
        }
        layer.tokens = after;
        return (long) (filledAfter - filledBefore) * layer.groups.size() * store.layout.slotBytes();
    }

    private void openPages(LayerPages layer, int firstPage, boolean lastIsPartial, int pages) {
        for (var group : layer.groups) {
            if (lastIsPartial) {
                store.unshare(group, firstPage);
            }
            while (group.pages() < pages) {
                group.open(store.slots.take());
            }
        }
    }

    private void copy(
            PageTable<Backup> pages,
            int group,
            int page,
            int from,
            int to,
            HostTensor keys,
            HostTensor values,
            int row) {
        int slot = pages.slot(page);
        var slab = store.slots.slab(slot);
        long base = store.slots.offset(slot);
        int token = from % spec.pageSize();
        var rows = workers.rows;
        for (int head = 0; head < spec.kvHeadsPerGroup(); head++) {
            long at = row * keys.rowBytes() + (group * spec.kvHeadsPerGroup() + head) * store.layout.rowBytes();
            long keysAt = base + store.layout.keys(head);
            long valuesAt = base + store.layout.values(head);
            rows.putKeys(keys.memory(), at, keys.rowBytes(), to - from, slab, keysAt, token);
            rows.putValues(values.memory(), at, values.rowBytes(), to - from, slab, valuesAt, token);
        }
    }

    private void summarise(Workers.Worker worker, SequenceSpec sequence, LayerPages layer, int group, int page) {
        int slot = layer.groups.get(group).slot(page);
        var slab = store.slots.slab(slot);
        for (int head = 0; head < spec.kvHeadsPerGroup(); head++) {
            digester.summarise(
                    worker,
                    slab,
                    store.slots.offset(slot) + store.layout.keys(head),
                    layer.requireDigests(),
                    sequence.digest(),
                    group * spec.kvHeadsPerGroup() + head,
                    page);
        }
    }
}
