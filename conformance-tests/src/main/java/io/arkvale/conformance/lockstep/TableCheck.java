package io.arkvale.conformance.lockstep;

import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.CacheView;
import io.arkvale.api.CacheView.PageState;
import io.arkvale.api.Tier;
import io.arkvale.conformance.oracle.OracleDigest;
import io.arkvale.conformance.oracle.OraclePage;
import io.arkvale.conformance.oracle.OracleTable;
import io.arkvale.conformance.oracle.Ranking;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Compares one sequence's page table, bytes, backups and digests in one layer with the oracle's. */
final class TableCheck {
    private final CacheSpec spec;
    private final CacheView view;
    private final Findings findings;
    private final MemorySegment buffer;
    private final PageBytes bytes;
    private final IdentityHashMap<OraclePage, MemorySegment[]> expectedBytes = new IdentityHashMap<>();

    TableCheck(CacheSpec spec, CacheView view, Findings findings) {
        this.spec = spec;
        this.view = view;
        this.bytes = new PageBytes(spec);
        this.findings = findings;
        this.buffer = MemorySegment.ofArray(new byte[Math.toIntExact(spec.slotBytes())]);
    }

    /** Pages that the backend shows as resident. */
    BitSet resident(Pair pair, int layer, int group) {
        var resident = new BitSet();
        for (var page = 0; page < pair.model().table(layer).pages(); page++) {
            resident.set(page, state(pair, layer, group, page).resident());
        }
        return resident;
    }

    /** Pages that the backend shows as attended or selected. */
    BitSet attended(Pair pair, int layer, int group) {
        var attended = new BitSet();
        var previous = -1;
        var pages = Lockstep.legal(501, "attendedPages", () -> view.attendedPages(pair.sequence(), layer, group));
        for (var page : pages) {
            require(501, page > previous, "attended pages %s must ascend", Arrays.toString(pages));
            attended.set(page);
            previous = page;
        }
        return attended;
    }

    /** Pages that the backend shows as attended, by layer and group. */
    List<BitSet> attended(Pair pair) {
        var all = new ArrayList<BitSet>();
        for (var layer = 0; layer < spec.layers(); layer++) {
            for (var group = 0; group < spec.headGroups(); group++) {
                all.add(attended(pair, layer, group));
            }
        }
        return all;
    }

    /**
     * Compares the attended pages with those of before that still exist.
     *
     * @param before by layer and group
     */
    void verifyAttended(int rule, Pair pair, List<BitSet> before) {
        var now = attended(pair);
        for (var i = 0; i < now.size(); i++) {
            var pages = pair.model().table(i / spec.headGroups()).pages();
            var expected = (BitSet) before.get(i).clone();
            expected.clear(pages, Math.max(pages, expected.length()));
            require(
                    rule,
                    now.get(i).equals(expected),
                    "the attended pages of %s, layer %d, group %d, are %s, must be %s again: those of before that still"
                            + " exist",
                    pair,
                    i / spec.headGroups(),
                    i % spec.headGroups(),
                    now.get(i),
                    expected);
        }
    }

    void verify(Pair pair, int layer, int residenceRule) {
        verify(pair, layer, residenceRule, null);
    }

    /**
     * Compares a whole table.
     *
     * @param residenceRule the rule broken if a page is resident that must not be, or the other way round
     * @param recalled pages just recalled, one set a group; null if none
     */
    void verify(Pair pair, int layer, int residenceRule, BitSet @Nullable [] recalled) {
        var table = pair.model().table(layer);
        var tokens = Lockstep.legal(301, "view", () -> view.tokens(pair.sequence(), layer));
        require(301, tokens == table.tokens(), "layer %d holds %d tokens, must be %d", layer, tokens, table.tokens());
        for (var page = 0; page < table.pages(); page++) {
            for (var group = 0; group < spec.headGroups(); group++) {
                var state = state(pair, layer, group, page);
                var where = "page " + page + " of " + table.pages() + " of " + pair + ", layer " + layer + ", group "
                        + group;
                verifyState(table, group, page, state, residenceRule, where);
                verifyBytes(pair, table, group, page, state, recalled, where);
            }
            if (table.limited() && page < table.filled()) {
                verifyDigests(pair, table, page);
            }
        }
    }

    private void verifyState(OracleTable table, int group, int page, PageState state, int residenceRule, String where) {
        var filled = page < table.filled();
        var none = table.windowed() ? 308 : 304;
        var backed = table.limited() && filled;
        require(
                301,
                state.tokens() == table.page(page).tokens(),
                "%s holds %d tokens, must be %d",
                where,
                state.tokens(),
                table.page(page).tokens());
        var why = table.windowed()
                ? "its layer has a window"
                : !table.limited()
                        ? "its layer has no budget"
                        : filled
                                ? "it is full, and must have one from the call that filled it on"
                                : "it holds " + table.page(page).tokens() + " of " + spec.pageSize() + " tokens";
        require(
                backed ? 303 : none,
                state.digested() == backed,
                "%s has %s digest, must have %s: %s",
                where,
                state.digested() ? "a" : "no",
                backed ? "one" : "none",
                why);
        require(
                backed ? 302 : none,
                (state.backup() != Tier.NONE) == backed,
                "%s has %s backup, must have %s: %s",
                where,
                state.backup() == Tier.NONE ? "no" : "a",
                backed ? "one" : "none",
                why);
        require(
                307,
                state.backup() != Tier.DISK || spec.diskSlots() > 0,
                "%s has its backup on disk, where there is none",
                where);
        var expected = table.resident(group).get(page);
        require(
                table.windowed() ? 308 : residenceRule,
                state.resident() == expected,
                "%s is %s, which is %s; resident must be %s",
                where,
                state.resident() ? "resident" : "not resident",
                Ranking.role(table.sequence(), table.pages(), page),
                table.resident(group));
    }

    private void verifyBytes(
            Pair pair,
            OracleTable table,
            int group,
            int page,
            PageState state,
            BitSet @Nullable [] recalled,
            String where) {
        var layer = table.layer();
        var expected = expectedBytes(table.page(page), group);
        if (state.resident()) {
            var rule = recalled != null && recalled[group].get(page) ? 506 : 301;
            Lockstep.legal(rule, "copyResident", () -> {
                view.copyResident(pair.sequence(), layer, group, page, buffer);
                return true;
            });
            requireSame(rule, table.page(page), group, expected, where + " is not what was stored");
        }
        if (state.backup() != Tier.NONE) {
            var rule = state.backup() == Tier.DISK ? 307 : 302;
            Lockstep.legal(rule, "copyBackup", () -> {
                view.copyBackup(pair.sequence(), layer, group, page, buffer);
                return true;
            });
            requireSame(rule, table.page(page), group, expected, "the backup of " + where + " is not what was stored");
        }
    }

    private void requireSame(int rule, OraclePage page, int group, MemorySegment expected, String what) {
        var mismatch = buffer.mismatch(expected);
        if (mismatch >= 0) {
            throw new RuleViolation(rule, what + ": " + bytes.difference(page, group, buffer, expected, mismatch));
        }
    }

    /** What a wrong digest is instead. */
    private String instead(OracleTable table, int page, int kvHead, float[] stored) {
        var digest = table.sequence().digest();
        for (var other = 0; other < table.filled(); other++) {
            for (var head = 0; head < spec.kvHeads(); head++) {
                var exact = OracleDigest.of(digest, table.page(other), head, spec.headDim(), spec.elementType());
                if ((other != page || head != kvHead) && exact.bounds(stored).contains(stored)) {
                    return "\n  it is the digest that page " + other + " KV head " + head + " must have";
                }
            }
        }
        return "";
    }

    /** Checks the digests of a filled page and takes them over. */
    void verifyDigests(Pair pair, OracleTable table, int page) {
        var content = table.page(page);
        var record = Objects.requireNonNull(table.record(page));
        for (var kvHead = 0; kvHead < spec.kvHeads(); kvHead++) {
            var head = kvHead;
            var stored = Lockstep.legal(303, "digest", () -> view.digest(pair.sequence(), table.layer(), head, page));
            var adopted = record.digest(kvHead);
            if (adopted != null) {
                require(
                        303,
                        Arrays.equals(stored, adopted),
                        "the digest of layer %d page %d KV head %d changed after the page was full",
                        table.layer(),
                        page,
                        kvHead);
                continue;
            }
            var digest = table.sequence().digest();
            var oracle = OracleDigest.of(digest, content, kvHead, spec.headDim(), spec.elementType());
            require(
                    303,
                    stored.length == oracle.size(),
                    "a %s digest has %d numbers, must have %d",
                    digest,
                    stored.length,
                    oracle.size());
            require(
                    310,
                    oracle.outside(stored) <= 0,
                    "a key of layer %d page %d KV head %d lies outside the page's %s digest, by %s",
                    table.layer(),
                    page,
                    kvHead,
                    digest,
                    oracle.outside(stored));
            var exact = oracle.bounds(stored);
            for (var i = 0; i < stored.length; i++) {
                var number = i;
                findings.within(
                        oracle.rule(),
                        stored[i],
                        exact.exact()[i],
                        exact.bound()[i],
                        () -> "number " + number + " of the " + digest + " digest of layer " + table.layer() + " page "
                                + page + " KV head " + head,
                        () -> instead(table, page, head, stored));
            }
            record.adoptDigest(kvHead, stored);
        }
    }

    private PageState state(Pair pair, int layer, int group, int page) {
        return Lockstep.legal(301, "view", () -> view.page(pair.sequence(), layer, group, page));
    }

    private MemorySegment expectedBytes(OraclePage page, int group) {
        if (page.tokens() < spec.pageSize()) {
            return bytes.encode(page, group);
        }
        var groups = expectedBytes.computeIfAbsent(page, missing -> new MemorySegment[spec.headGroups()]);
        if (groups[group] == null) {
            groups[group] = bytes.encode(page, group);
        }
        return groups[group];
    }
}
