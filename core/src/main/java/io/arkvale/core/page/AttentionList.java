package io.arkvale.core.page;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Scope;
import io.arkvale.core.backup.BackupTiers;
import io.arkvale.core.table.TablePlaces;
import io.arkvale.spi.Attention;
import io.arkvale.spi.WorkList;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Step (e): what one layer of a step attends to, member by member. Layer after layer uses it again. */
final class AttentionList {
    private final CacheSpec spec;
    private final WorkList<Attention> work = new WorkList<>(Attention::new);
    private int layer;

    AttentionList(CacheSpec spec) {
        this.spec = spec;
    }

    /** Begins with a layer. */
    void begin(int layer) {
        this.layer = layer;
        work.clear();
    }

    /** What the device is to do. */
    List<Attention> work() {
        return work;
    }

    /**
     * Adds a member that decodes: its tokens, stored already, attend to the pages that the scope names. Over the budget these
     * are selected already, unless they are all that are resident.
     *
     * @param row its first row
     * @param done pairs of a member and a group, counted in this order, that the device has attended to already
     */
    void addDecode(PagedMember member, int row, BitSet done) {
        var pages = member.layer(layer);
        member.journal(layer);
        int missing = pages.pages() * spec.pageSize() - pages.tokens;
        int firstSeen = member.residence().firstSeen(layer, pages.tokens - member.tokens());
        for (int group = 0; group < spec.headGroups(); group++) {
            var table = pages.groups.get(group);
            var attended = table.attended();
            if (!member.isOverBudget(layer, group)) {
                attended.setRun(firstSeen, table.pages());
            } else if (member.settings().scope() == Scope.RESIDENT) {
                table.listResidents(attended);
            }
            if (pages.isLimited()) {
                member.attendedPages += attended.count();
            }
            int tokens = attended.count() * spec.pageSize() - missing;
            if (!done.get(member.index() * spec.headGroups() + group)) {
                work.next().set(group, table.places(), tokens, row, member.tokens(), spec.window(layer));
            }
        }
    }

    /**
     * Adds a chunk of a prompt, stored already: it attends to everything before it, evicted pages in their backups, or to what
     * the layer's window holds.
     *
     * @param row its first row
     * @param count its tokens
     * @throws IOException if a backup could not be written or cannot be read; nothing is added
     */
    void addPrompt(PagedMember member, int row, int count, BackupTiers.Reads reads) throws IOException {
        var pages = member.layer(layer);
        var places = new ArrayList<TablePlaces>(spec.headGroups());
        int firstSeen = member.residence().firstSeen(layer, pages.tokens - count);
        int tokens = pages.tokens - firstSeen * spec.pageSize();
        for (var table : pages.groups) {
            places.add(TablePlaces.all(table, firstSeen, reads));
        }
        for (int group = 0; group < places.size(); group++) {
            work.next().set(group, places.get(group), tokens, row, count, spec.window(layer));
        }
    }
}
