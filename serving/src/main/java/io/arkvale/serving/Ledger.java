package io.arkvale.serving;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.SlotNeed;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Counts slots before they are taken: each holder with all that it may come to need within its budget. Who is admitted
 * can then go on to its end, whatever the others do.
 *
 * <p>Pages that a fork shares with its origin count once, if neither may evict them: those of layers without a budget, which
 * both keep, and the backups of layers with one.
 */
final class Ledger {
    private final CacheSpec cache;
    private final int stepTokens;

    Ledger(CacheSpec cache, int stepTokens) {
        this.cache = cache;
        this.stepTokens = stepTokens;
    }

    /** What a sequence needs that shares nothing and grows to a length by steps. */
    SlotNeed alone(SequenceSpec settings, int longest) {
        return SlotNeed.of(cache, settings, longest, stepTokens);
    }

    /** What a fork of {@code shared} tokens needs beside its origin. */
    SlotNeed beside(SequenceSpec settings, int longest, @Nullable Holder origin, int shared) {
        return without(alone(settings, longest), settings, origin, shared);
    }

    private SlotNeed of(Holder holder) {
        var settings = holder.lowering ? SequenceSpec.full() : holder.settings();
        var need = holder.running ? alone(settings, holder.longest) : SlotNeed.of(cache, settings, holder.read(), 0);
        return without(need, settings, holder.origin, holder.shared);
    }

    private SlotNeed without(SlotNeed need, SequenceSpec settings, @Nullable Holder origin, int shared) {
        if (origin == null) {
            return need;
        }
        long pages = (long) cache.headGroups() * (shared / cache.pageSize());
        long device = need.device();
        long backup = need.backup();
        for (int layer = 0; layer < cache.layers(); layer++) {
            boolean limited = settings.isLimited(layer);
            if (limited == origin.settings().isLimited(layer)) {
                device -= limited ? 0 : pages;
                backup -= limited ? pages : 0;
            }
        }
        return new SlotNeed(device, backup);
    }

    /** Whether the pools have room for all of these and a new one. */
    boolean hasRoom(Collection<Holder> holders, SlotNeed more) {
        long device = more.device();
        long backup = more.backup();
        for (var holder : holders) {
            var need = of(holder);
            device += need.device();
            backup += need.backup();
        }
        return device <= cache.deviceSlots() && backup <= cache.hostSlots() + cache.diskSlots();
    }
}
