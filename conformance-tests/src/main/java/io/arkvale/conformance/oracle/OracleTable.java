package io.arkvale.conformance.oracle;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.SequenceSpec;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Page table of one sequence in one layer: its pages, and which of them are resident in each head group. */
public final class OracleTable {
    private final CacheSpec cache;
    private final SequenceSpec sequence;
    private final int layer;
    private final List<OraclePage> pages;
    private final BitSet[] resident;
    private int tokens;

    OracleTable(CacheSpec cache, SequenceSpec sequence, int layer) {
        this.cache = cache;
        this.sequence = sequence;
        this.layer = layer;
        this.pages = new ArrayList<>();
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
        resident = new BitSet[other.resident.length];
        for (var group = 0; group < resident.length; group++) {
            resident[group] = (BitSet) other.resident[group].clone();
        }
        tokens = other.tokens;
    }

    OracleTable copy() {
        return new OracleTable(this);
    }

    /** Stores a token, {@code [kvHeads · headDim]} each; a page it opens is resident. */
    public void append(float[] key, float[] value) {
        if (tokens % cache.pageSize() == 0) {
            for (var group : resident) {
                group.set(pages.size());
            }
            pages.add(OraclePage.empty(cache.kvHeads()));
        }
        pages.set(pages.size() - 1, pages.getLast().with(key, value));
        tokens++;
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

    /** Pages that are full. */
    public int filled() {
        return tokens / cache.pageSize();
    }

    /** Whether the layer has a budget. */
    public boolean limited() {
        return sequence.isLimited(layer);
    }

    /** Whether the layer has a budget and more pages than it. */
    public boolean overBudget() {
        return limited() && pages() > sequence.budgetPages();
    }

    /** Resident pages of a head group; the caller may change them. */
    public BitSet resident(int group) {
        return resident[group];
    }

    /** Every page. */
    public BitSet allPages() {
        var all = new BitSet();
        all.set(0, pages());
        return all;
    }
}
