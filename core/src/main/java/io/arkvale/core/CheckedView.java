package io.arkvale.core;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.CacheView;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.Sequence;
import io.arkvale.api.Tier;
import io.arkvale.core.tensor.CallChecks;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;

/**
 * A cache's state as tests and research see it: checks every call, and answers what follows from lengths. Where pages lie is
 * its subclass's part; the cache's guard is held and the arguments are checked when its methods run.
 *
 * @param <S> the backend's sequences
 */
public abstract class CheckedView<S extends CacheSequence> implements CacheView {
    private final CheckedCache<S, ?> cache;
    private final CacheSpec spec;

    /** A view of a cache. */
    protected CheckedView(CheckedCache<S, ?> cache) {
        this.cache = cache;
        spec = cache.spec();
    }

    /** The device slot of a page, negative if it is evicted. */
    protected abstract int slot(S sequence, int layer, int group, int page);

    /** Where the backup of a page is. */
    protected abstract Tier tier(S sequence, int layer, int group, int page);

    /** The pages of the last decode attention, ascending. */
    protected abstract int[] attended(S sequence, int layer, int group);

    /** The digest of a page that has one, as {@link CacheView#digest} gives it. */
    protected abstract float[] readDigest(S sequence, int layer, int kvHead, int page);

    /** The rows of a page that is resident; those never stored may read as anything. */
    protected abstract void readResident(S sequence, int layer, int group, int page, MemorySegment rows);

    /** The rows of the backup of a page that has one. */
    protected abstract void readBackup(S sequence, int layer, int group, int page, MemorySegment rows);

    @Override
    public final int tokens(Sequence sequence, int layer) {
        return layer(sequence, layer, own -> cache.tokens(own, layer));
    }

    @Override
    public final PageState page(Sequence sequence, int layer, int group, int page) {
        return page(
                sequence,
                layer,
                group,
                page,
                own -> new PageState(
                        tokensOf(own, layer, page),
                        slot(own, layer, group, page),
                        tier(own, layer, group, page),
                        page < digested(own, layer)));
    }

    @Override
    public final int[] attendedPages(Sequence sequence, int layer, int group) {
        return layer(sequence, layer, own -> {
            CallChecks.index("group", group, spec.headGroups());
            return attended(own, layer, group);
        });
    }

    @Override
    public final float[] digest(Sequence sequence, int layer, int kvHead, int page) {
        return layer(sequence, layer, own -> {
            CallChecks.index("kvHead", kvHead, spec.kvHeads());
            int digested = digested(own, layer);
            if (page < 0 || page >= digested) {
                throw new InvalidArgumentException("page " + page + " of layer " + layer + " has no digest; allowed: "
                        + "filled pages of layers with a budget, here " + digested);
            }
            return readDigest(own, layer, kvHead, page);
        });
    }

    @Override
    public final void copyResident(Sequence sequence, int layer, int group, int page, MemorySegment target) {
        page(sequence, layer, group, page, own -> {
            CallChecks.room("target", target, spec.slotBytes());
            if (slot(own, layer, group, page) < 0) {
                throw new InvalidArgumentException("page " + page + " of layer " + layer + " is not resident");
            }
            var rows = target.asSlice(0, spec.slotBytes());
            readResident(own, layer, group, page, rows);
            clear(tokensOf(own, layer, page), rows);
            return own;
        });
    }

    /** What was never stored reads as zero, whatever the slot held before. */
    private void clear(int stored, MemorySegment rows) {
        long headBytes = rows.byteSize() / 2 / spec.kvHeadsPerGroup();
        long storedBytes = headBytes / spec.pageSize() * stored;
        for (long head = 0; head < rows.byteSize(); head += headBytes) {
            rows.asSlice(head + storedBytes, headBytes - storedBytes).fill((byte) 0);
        }
    }

    @Override
    public final void copyBackup(Sequence sequence, int layer, int group, int page, MemorySegment target) {
        page(sequence, layer, group, page, own -> {
            CallChecks.room("target", target, spec.slotBytes());
            if (tier(own, layer, group, page) == Tier.NONE) {
                throw new InvalidArgumentException("page " + page + " of layer " + layer + " has no backup");
            }
            readBackup(own, layer, group, page, target.asSlice(0, spec.slotBytes()));
            return own;
        });
    }

    /** Pages of a layer that have a digest: for a device that keeps no count, those that are full. */
    protected int digested(S sequence, int layer) {
        return sequence.residence().isLimited(layer) ? cache.tokens(sequence, layer) / spec.pageSize() : 0;
    }

    private int tokensOf(S sequence, int layer, int page) {
        return Math.min(spec.pageSize(), cache.tokens(sequence, layer) - page * spec.pageSize());
    }

    private <T> T page(Sequence sequence, int layer, int group, int page, Function<S, T> reader) {
        return layer(sequence, layer, own -> {
            CallChecks.index("group", group, spec.headGroups());
            CallChecks.index("page", page, spec.pages(cache.tokens(own, layer)));
            return reader.apply(own);
        });
    }

    private <T> T layer(Sequence sequence, int layer, Function<S, T> reader) {
        return cache.read(() -> {
            var own = cache.own(sequence);
            CallChecks.index("layer", layer, spec.layers());
            return reader.apply(own);
        });
    }
}
