package io.arkvale.serving;

import io.arkvale.api.BackupException;
import io.arkvale.api.CapacityException;
import io.arkvale.api.KvCache;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.SlotNeed;
import io.arkvale.serving.EngineOptions.Residence;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All sequences of the engine: those of requests and those kept after them, which later texts may begin like. Sequences that
 * are kept are given up, least recently used first, when a request needs their room.
 */
final class Holders {
    private final KvCache cache;
    private final EngineOptions options;
    private final Ledger ledger;
    private final PrefixTree<Holder> tree = new PrefixTree<>();
    private final Set<Holder> all = new LinkedHashSet<>();
    /** Least recently used first. */
    private final Set<Holder> kept = new LinkedHashSet<>();

    private long lowered;

    Holders(KvCache cache, EngineOptions options) {
        this.cache = cache;
        this.options = options;
        ledger = new Ledger(cache.spec(), options.stepTokens());
    }

    /** What became of a request that asked for a sequence. */
    enum Placement {
        PLACED,
        /** It waits for another request to read what both begin with. */
        FOLLOWS,
        NO_ROOM
    }

    int kept() {
        return kept.size();
    }

    /** Sequences that went down to their budgets so far. */
    long lowered() {
        return lowered;
    }

    /** Whether a sequence is on its way down to its budget: its room is free after the next step. */
    boolean isLowering() {
        return all.stream().anyMatch(holder -> holder.lowering);
    }

    /** Whether an empty cache has room. Any thread may ask. */
    boolean canEverHold(SequenceSpec settings, int longest) {
        return ledger.hasRoom(Set.of(), ledger.alone(settings, longest));
    }

    /**
     * Gives a request its sequence.
     *
     * @throws RuntimeException what the cache raises, if it is not that there is no room
     */
    Placement place(Active active, Collection<Active> running) {
        var match = tree.find(active.keys, active.length - 1);
        var origin = match.holders().stream()
                .filter(holder -> !holder.sequence.isPoisoned())
                .max(Comparator.comparingInt(Holder::read))
                .orElse(null);
        int shared = origin == null ? 0 : Math.min(origin.read(), match.length());
        int page = cache.spec().pageSize();
        if (origin != null && origin.running && match.length() - shared >= page) {
            return Placement.FOLLOWS;
        }
        if (shared < page) {
            origin = null;
            shared = 0;
        }
        var settings = options.residence() == Residence.BUDGET ? active.request.settings() : SequenceSpec.full();
        while (!hasRoom(ledger.beside(settings, active.longest(), origin, shared))) {
            if (dropOldestKept(origin)) {
                continue;
            }
            if (!settings.equals(active.request.settings())) {
                if (lower(running)) {
                    return Placement.NO_ROOM; // until the next step
                }
                settings = active.request.settings();
            } else if (running.isEmpty() && origin != null) {
                origin = null; // nobody else will make room, so its text is read again
                shared = 0;
            } else {
                return Placement.NO_ROOM;
            }
        }
        try {
            begin(active, settings, origin, shared);
        } catch (BackupException e) {
            if (origin == null) {
                throw e;
            }
            distrust(origin);
            return Placement.NO_ROOM; // until the next step: then it shares nothing with it
        } catch (CapacityException e) {
            if (running.isEmpty() && !dropOldestKept(null)) {
                throw e;
            }
            return Placement.NO_ROOM;
        }
        return Placement.PLACED;
    }

    private boolean hasRoom(SlotNeed more) {
        return ledger.hasRoom(all, more);
    }

    private void begin(Active active, SequenceSpec settings, @Nullable Holder origin, int shared) {
        var sequence = origin == null ? cache.begin(settings) : cache.fork(origin.sequence, shared, settings);
        var holder = new Holder(active.keys, active.length, active.longest(), sequence);
        if (origin != null) {
            holder.origin = origin;
            holder.shared = shared;
            origin.references++;
            if (kept.remove(origin)) {
                kept.add(origin);
            }
        }
        tree.add(holder.keys, holder.listed, holder);
        all.add(holder);
        active.holder = holder;
    }

    /** Brings the served sequences down to their budgets; false if none was above. */
    private boolean lower(Collection<Active> running) {
        boolean any = false;
        for (var active : running) {
            var holder = active.holder;
            if (holder == null || holder.settings().equals(active.request.settings())) {
                continue;
            }
            try {
                var whole = holder.sequence;
                holder.sequence = cache.fork(whole, whole.length(), active.request.settings());
                whole.close();
                holder.lowering = true;
                lowered++;
                any = true;
            } catch (CapacityException e) {
                // No room for its backups: it stays as it is.
            }
        }
        return any;
    }

    /** Takes the sequence of a request that has ended: keeps it for others, or frees it. */
    void release(Active active) {
        var holder = active.holder;
        if (holder == null) {
            return;
        }
        active.holder = null;
        holder.running = false;
        holder.lowering = false;
        boolean isSound = holder.isListed && !holder.sequence.isPoisoned();
        unlist(holder);
        int read = holder.read();
        boolean others = holder.references > 0;
        if (!isSound) {
            leave(holder);
        } else if (!others && (read == 0 || holder.sequence.isPromptOpen() || isHeldBeside(holder))) {
            free(holder);
        } else {
            holder.listed = read;
            holder.isListed = true;
            tree.add(holder.keys, read, holder);
            kept.add(holder);
            trim(options.mostKept());
        }
    }

    /**
     * Lets no text begin like a sequence any more, nor like those that may share pages with it: a backup of one is lost. Those
     * that are served go on as long as they do not need it.
     */
    void distrust(Holder holder) {
        var root = holder.root();
        for (var other : all.stream().filter(each -> each.root() == root).toList()) {
            unlist(other);
            if (kept.remove(other)) {
                leave(other);
            }
        }
    }

    private void unlist(Holder holder) {
        if (holder.isListed) {
            tree.remove(holder.keys, holder.listed, holder);
            holder.isListed = false;
        }
    }

    /** Frees a sequence that others may share pages of: these live on with them, and are theirs to count. */
    private void leave(Holder holder) {
        all.stream().filter(other -> other.origin == holder).forEach(other -> other.origin = null);
        free(holder);
    }

    /** Gives up all kept sequences that no request shares. */
    void forget() {
        trim(0);
    }

    private void trim(int most) {
        boolean more = true;
        while (more && kept.size() > most) {
            more = dropOldestKept(null);
        }
    }

    /** Whether another sequence holds the same text or more. */
    private boolean isHeldBeside(Holder holder) {
        var match = tree.find(holder.keys, holder.read());
        return match.length() == holder.read()
                && match.holders().stream().anyMatch(other -> other.read() >= holder.read());
    }

    /** Gives up the least recently used of the kept sequences that nobody shares, but not this one; false if there is none. */
    boolean dropOldestKept(@Nullable Holder spared) {
        for (var holder : kept) {
            if (holder.references == 0 && holder != spared) {
                kept.remove(holder);
                unlist(holder);
                free(holder);
                return true;
            }
        }
        return false;
    }

    private void free(Holder holder) {
        all.remove(holder);
        if (holder.origin != null) {
            holder.origin.references--;
        }
        holder.sequence.close();
    }
}
