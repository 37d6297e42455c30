package io.arkvale.core.page;

import io.arkvale.api.BackupException;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.CacheView;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.Sequence;
import io.arkvale.api.Tier;
import io.arkvale.core.backup.BackupTiers;
import io.arkvale.core.tensor.CallChecks;
import io.arkvale.spi.PageDevice;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Function;

/** A cache's state as tests and research see it. */
final class PagedView implements CacheView {
    /** Reads what an open sequence of the cache stores, while no other call goes on. */
    @FunctionalInterface
    interface Look {
        <T> T at(Sequence sequence, Function<PagedSequence, T> reader);
    }

    private final CacheSpec spec;
    private final PageDevice<?> device;
    private final BackupTiers backups;
    private final Look look;

    PagedView(CacheSpec spec, PageDevice<?> device, BackupTiers backups, Look look) {
        this.spec = spec;
        this.device = device;
        this.backups = backups;
        this.look = look;
    }

    @Override
    public int tokens(Sequence sequence, int layer) {
        return layer(sequence, layer, pages -> pages.tokens);
    }

    @Override
    public PageState page(Sequence sequence, int layer, int group, int page) {
        return layer(sequence, layer, pages -> {
            var table = table(pages, group, page);
            var backup = table.backup(page);
            return new PageState(
                    tokensOf(pages, page),
                    table.slot(page),
                    backup == null ? Tier.NONE : backup.tier(),
                    pages.isLimited() && page < pages.digests.get(group).pages());
        });
    }

    private int tokensOf(LayerPages pages, int page) {
        return Math.min(spec.pageSize(), pages.tokens - page * spec.pageSize());
    }

    @Override
    public int[] attendedPages(Sequence sequence, int layer, int group) {
        return layer(sequence, layer, pages -> {
            CallChecks.index("group", group, spec.headGroups());
            return pages.groups.get(group).attended().toArray();
        });
    }

    @Override
    public float[] digest(Sequence sequence, int layer, int kvHead, int page) {
        return layer(sequence, layer, pages -> {
            CallChecks.index("kvHead", kvHead, spec.kvHeads());
            int group = kvHead / spec.kvHeadsPerGroup();
            int digested = pages.isLimited() ? pages.digests.get(group).pages() : 0;
            if (page < 0 || page >= digested) {
                throw new InvalidArgumentException("page " + page + " of layer " + layer + " has no digest; allowed: "
                        + "filled pages of layers with a budget, here " + digested);
            }
            var list = pages.digests.get(group);
            return device.digest(
                    sequence.spec().digest(), list.block(page), list.index(page), kvHead % spec.kvHeadsPerGroup());
        });
    }

    @Override
    public void copyResident(Sequence sequence, int layer, int group, int page, MemorySegment target) {
        layer(sequence, layer, pages -> {
            var table = table(pages, group, page);
            CallChecks.room("target", target, spec.slotBytes());
            int slot = table.slot(page);
            if (slot < 0) {
                throw new InvalidArgumentException("page " + page + " of layer " + layer + " is not resident");
            }
            try (var arena = Arena.ofShared()) {
                var bytes = arena.allocate(
                        device.storage().slotBytes() + device.storage().readBeyond(), Long.BYTES);
                device.read(slot, bytes);
                unpack(bytes, tokensOf(pages, page), target);
            }
            return pages;
        });
    }

    @Override
    public void copyBackup(Sequence sequence, int layer, int group, int page, MemorySegment target) {
        layer(sequence, layer, pages -> {
            var backup = table(pages, group, page).backup(page);
            CallChecks.room("target", target, spec.slotBytes());
            if (backup == null) {
                throw new InvalidArgumentException("page " + page + " of layer " + layer + " has no backup");
            }
            try (var reads = backups.reads()) {
                unpack(reads.read(backup), spec.pageSize(), target);
            } catch (IOException e) {
                throw new BackupException("a backup cannot be read: " + e.getMessage(), List.of(sequence), e);
            }
            return pages;
        });
    }

    /** What was never stored reads as zero, whatever the slot held before. */
    private void unpack(MemorySegment slot, int tokens, MemorySegment target) {
        var rows = target.asSlice(0, spec.slotBytes());
        device.unpack(slot, rows);
        long headBytes = rows.byteSize() / 2 / spec.kvHeadsPerGroup();
        long stored = headBytes / spec.pageSize() * tokens;
        for (long head = 0; head < rows.byteSize(); head += headBytes) {
            rows.asSlice(head + stored, headBytes - stored).fill((byte) 0);
        }
    }

    private <T> T layer(Sequence sequence, int layer, Function<LayerPages, T> reader) {
        return look.at(sequence, own -> {
            CallChecks.index("layer", layer, spec.layers());
            return reader.apply(own.layer(layer));
        });
    }

    private PageTable table(LayerPages pages, int group, int page) {
        CallChecks.index("group", group, spec.headGroups());
        CallChecks.index("page", page, spec.pages(pages.tokens));
        return pages.groups.get(group);
    }
}
