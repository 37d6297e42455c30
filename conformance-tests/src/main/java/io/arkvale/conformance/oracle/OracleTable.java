package io.arkvale.conformance.oracle;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.SequenceSpec;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Page table of one sequence in one layer: its pages, and which of them are resident in each head group. */
public final class OracleTable {
    private final CacheSpec cache;
    private final SequenceSpec sequence;
    private final int layer;
    private final List<OraclePage> pages;
    private final List<PageRecord> records;
    private final BitSet[] resident;
    private int tokens;

    /** The first page that is not gone for good; above 0 in a layer with a window alone. */
    private int firstHeld;

    OracleTable(CacheSpec cache, SequenceSpec sequence, int layer) {
        this.cache = cache;
        this.sequence = sequence;
        this.layer = layer;
        this.pages = new ArrayList<>();
        this.records = new ArrayList<>();
        this.resident = new BitSet[cache.headGroups()];
        for (var group = 0; group < resident.length; group++) {
            resident[group] = new BitSet();
        }
    }

    private OracleTable(OracleTable other) {
        cache = other.cache;
        sequence = other.sequence;
        layer = other.layer;
        pages = new ArrayList<>(other.pages);
        records = new ArrayList<>(other.records);
        resident = new BitSet[other.resident.length];
        for (var group = 0; group < resident.length; group++) {
            resident[group] = (BitSet) other.resident[group].clone();
        }
        tokens = other.tokens;
        firstHeld = other.firstHeld;
    }

    OracleTable copy() {
        return new OracleTable(this);
    }

    /** What a fork at a length with settings of its own must hold in this layer (rule 711). */
    OracleTable fork(SequenceSpec settings, int length) {
        var fork = new OracleTable(cache, settings, layer);
        fork.pages.addAll(pages.subList(0, cache.pages(length)));
        fork.tokens = length;
        fork.firstHeld = firstHeld;
        fork.cutLastPage();
        for (var group = 0; group < resident.length; group++) {
            fork.resident[group].or(resident[group]);
            fork.resident[group].clear(fork.pages(), pages() + 1);
            fork.resident[group].or(fork.pinned(group));
        }
        for (var page = 0; fork.limited() && page < fork.filled(); page++) {
            var record = record(page);
            fork.records.add(
                    record == null
                            ? PageRecord.of(page(page), settings.digest(), cache.kvHeads())
                            : record.forked(settings.digest()));
        }
        return fork;
    }

    /** Takes the tokens from {@code length} on away (rule 709). */
    void truncate(int length) {
        pages.subList(cache.pages(length), pages.size()).clear();
        tokens = length;
        cutLastPage();
        if (records.size() > filled()) {
            records.subList(filled(), records.size()).clear();
        }
        for (var group = 0; group < resident.length; group++) {
            resident[group].clear(pages(), Math.max(pages(), resident[group].length()));
            resident[group].or(pinned(group));
        }
    }

    /** Pages that are resident whatever is chosen: all within the budget, else sink and window. */
    private BitSet pinned(int group) {
        var pinned = overBudget(group) ? Ranking.pinned(sequence, pages()) : allPages();
        pinned.clear(0, firstHeld);
        return pinned;
    }

    /** A step has been committed: pages without any of the last {@code window + pageSize} tokens are gone (rule 308). */
    void leaveWindow() {
        if (windowed()) {
            while ((firstHeld + 1) * (long) cache.pageSize()
                    <= tokens - (long) cache.window(layer) - cache.pageSize()) {
                firstHeld++;
            }
            for (var group : resident) {
                group.clear(0, firstHeld);
            }
        }
    }

    /** The least length that tokens can be taken back to (rule 714): at it the oldest token of the window is there. */
    long leastLength() {
        var least = 0L;
        if (firstHeld > 0) {
            // A query at position t attends to the tokens from t + 1 − window on.
            least = (long) firstHeld * cache.pageSize() - 1 + cache.window(layer);
        }
        return least;
    }

    private void cutLastPage() {
        var last = tokens % cache.pageSize();
        if (last > 0) {
            pages.set(pages.size() - 1, pages.getLast().cut(last));
        }
    }

    /** Stores a token, {@code [kvHeads · headDim]} each; a page it opens is resident. */
    public void append(float[] key, float[] value) {
        if (tokens % cache.pageSize() == 0) {
            for (var group : resident) {
                group.set(pages.size());
            }
            pages.add(OraclePage.empty());
        }
        pages.set(pages.size() - 1, pages.getLast().with(key, value));
        tokens++;
        if (limited() && tokens % cache.pageSize() == 0) {
            records.add(PageRecord.of(pages.getLast(), sequence.digest(), cache.kvHeads()));
        }
    }

    /** The settings of the sequence. */
    public SequenceSpec sequence() {
        return sequence;
    }

    /** The layer. */
    public int layer() {
        return layer;
    }

    /** Tokens stored. */
    public int tokens() {
        return tokens;
    }

    /** Pages, the last one counted, full or not. */
    public int pages() {
        return pages.size();
    }

    /** A page. */
    public OraclePage page(int page) {
        return pages.get(page);
    }

    /** Backup and digests of a page; null if it has none. */
    public @Nullable PageRecord record(int page) {
        return page < records.size() ? records.get(page) : null;
    }

    /** Digest of a filled page of a limited layer. */
    float[] digest(int page, int kvHead) {
        return Objects.requireNonNull(records.get(page).digest(kvHead), "digest not adopted");
    }

    /** Pages that are full. */
    public int filled() {
        return tokens / cache.pageSize();
    }

    /** Whether queries attend to their last tokens alone. */
    public boolean windowed() {
        return cache.hasWindow(layer);
    }

    /** Whether the layer has a budget. */
    public boolean limited() {
        return !windowed() && sequence.isLimited(layer);
    }

    /** Pages that a head group of a layer with a budget may keep. */
    public int budget(int group) {
        return sequence.budgetPages(layer, group);
    }

    /** Pages that a head group of a layer with a budget chooses by rank. */
    public int ranked(int group) {
        return sequence.attendedPages(layer, group) - sequence.sinkPages() - sequence.windowPages() + 1;
    }

    /** Whether the layer has a budget and more pages than that of any head group. */
    public boolean overBudget() {
        for (var group = 0; group < resident.length; group++) {
            if (overBudget(group)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the layer has a budget and more pages than a head group may keep. */
    public boolean overBudget(int group) {
        return limited() && pages() > budget(group);
    }

    /** Resident pages of a head group; the caller may change them. */
    public BitSet resident(int group) {
        return resident[group];
    }

    /** Pages that the last tokens, so many, attend to where none is chosen: all, or those that the layer's window reaches. */
    public BitSet reached(int last) {
        var reached = allPages();
        for (var page = 0; windowed() && page < pages(); page++) {
            // The first of these tokens is at tokens − last.
            if ((page + 1L) * cache.pageSize() <= tokens - last + 1L - cache.window(layer)) {
                reached.clear(page);
            }
        }
        return reached;
    }

    /** Every page. */
    public BitSet allPages() {
        var all = new BitSet();
        all.set(0, pages());
        return all;
    }
}
