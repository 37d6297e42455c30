package io.arkvale.core.page;

import io.arkvale.api.CacheSpec;
import io.arkvale.core.table.LayerPages;
import io.arkvale.core.table.PageStore;
import io.arkvale.spi.FilledPage;
import io.arkvale.spi.PageDevice;
import io.arkvale.spi.RowRun;
import io.arkvale.spi.TensorMemory;
import io.arkvale.spi.WorkList;
import java.util.ArrayList;
import java.util.List;

/**
 * Step (a): stores the rows of a batch. Pages open, and those that fill are summarised and backed up.
 *
 * @param <M> the memory of the cache's tensors
 */
final class RowWriter<M extends TensorMemory> {
    private final CacheSpec spec;
    private final PageStore store;
    private final PageDevice<M> device;
    private final List<PagedMember> members;
    private final WorkList<RowRun> runs = new WorkList<>(RowRun::new);
    private final List<FilledPage> filled = new ArrayList<>();
    private long backedUpPages;

    RowWriter(CacheSpec spec, PageStore store, PageDevice<M> device, List<PagedMember> members) {
        this.spec = spec;
        this.store = store;
        this.device = device;
        this.members = members;
    }

    /** A step opens. */
    void begin() {
        backedUpPages = 0;
    }

    /** Pages whose backup the step has begun. */
    long backedUpPages() {
        return backedUpPages;
    }

    /** Stores rows in a layer, so many of each member, in batch order. */
    void store(int layer, int[] tokens, M keys, M values) {
        runs.clear();
        filled.clear();
        int row = 0;
        for (int i = 0; i < members.size(); i++) {
            var member = members.get(i);
            int count = tokens[member.index()];
            if (count > 0) {
                member.journal(layer);
                var pages = member.layer(layer);
                store.openPages(pages, pages.tokens + count);
                addRuns(pages, row, count);
                addFilled(member, pages, pages.tokens + count);
            }
            row += count;
        }
        device.write(runs, keys, values);
        if (!filled.isEmpty()) {
            device.digest(filled);
        }
        for (int i = 0; i < members.size(); i++) {
            var member = members.get(i);
            if (tokens[member.index()] > 0) {
                backUp(member.layer(layer), tokens[member.index()]);
            }
        }
        store.backups.flush();
    }

    private void addRuns(LayerPages pages, int row, int count) {
        int pageSize = spec.pageSize();
        for (int done = 0; done < count; ) {
            int page = (pages.tokens + done) / pageSize;
            int token = (pages.tokens + done) % pageSize;
            int rows = Math.min(count - done, pageSize - token);
            for (int group = 0; group < spec.headGroups(); group++) {
                runs.next().set(row + done, rows, group, pages.groups.get(group).slot(page), token);
            }
            done += rows;
        }
    }

    private void addFilled(PagedMember member, LayerPages pages, int tokens) {
        int before = pages.tokens / spec.pageSize();
        int after = tokens / spec.pageSize();
        if (!pages.isLimited() || before == after) {
            return;
        }
        for (int group = 0; group < spec.headGroups(); group++) {
            var list = pages.digests.get(group);
            list.resize(after);
            for (int page = before; page < after; page++) {
                filled.add(new FilledPage(
                        member.settings().digest(),
                        pages.groups.get(group).slot(page),
                        list.block(page),
                        list.index(page)));
            }
        }
    }

    /** Backs up the pages that {@code count} new tokens have filled, and counts the tokens. */
    private void backUp(LayerPages pages, int count) {
        int before = pages.tokens / spec.pageSize();
        pages.tokens += count;
        if (pages.isLimited()) {
            for (int page = before; page < pages.tokens / spec.pageSize(); page++) {
                for (var table : pages.groups) {
                    store.backUp(table, page);
                    backedUpPages++;
                }
            }
        }
    }
}
