package io.arkvale.core.page;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Scope;
import io.arkvale.core.backup.BackupTiers;
import io.arkvale.core.select.Selection;
import io.arkvale.core.table.AttendedPages;
import io.arkvale.core.table.TablePlaces;
import io.arkvale.spi.Attention;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Step (e): what one layer of a step attends to, member by member. */
final class AttentionList {
    private final CacheSpec spec;
    private final int layer;
    private final List<Attention> work = new ArrayList<>();

    AttentionList(CacheSpec spec, int layer) {
        this.spec = spec;
        this.layer = layer;
    }

    /** What the device is to do. */
    List<Attention> work() {
        return work;
    }

    /**
     * Adds a member that decodes: its tokens, stored already, attend to the pages that the scope names.
     *
     * @param chosen its selections by head group; not looked at within the budget
     * @param row its first row
     * @param done pairs of a member and a group, counted in this order, that the device has attended to already
     */
    void addDecode(PagedMember member, Selection[] chosen, int row, BitSet done) {
        var pages = member.layer(layer);
        member.journal(layer);
        int missing = pages.pages() * spec.pageSize() - pages.tokens;
        int firstSeen = member.residence().firstSeen(layer, pages.tokens - member.tokens());
        for (int group = 0; group < spec.headGroups(); group++) {
            var table = pages.groups.get(group);
            if (!member.isOverBudget(layer, group)) {
                table.setAttended(AttendedPages.run(firstSeen, table.pages()));
            } else if (member.settings().scope() == Scope.RESIDENT) {
                table.setAttended(AttendedPages.of(table.residentPages()));
            } else {
                table.setAttended(AttendedPages.of(chosen[group].selected()));
            }
            var attended = table.attended();
            if (pages.isLimited()) {
                member.attendedPages += attended.count();
            }
            int tokens = attended.count() * spec.pageSize() - missing;
            if (!done.get(member.index() * spec.headGroups() + group)) {
                var places = TablePlaces.resident(table, attended);
                work.add(new Attention(group, places, tokens, row, member.tokens(), spec.window(layer)));
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
        var all = new ArrayList<Attention>();
        int firstSeen = member.residence().firstSeen(layer, pages.tokens - count);
        int tokens = pages.tokens - firstSeen * spec.pageSize();
        for (int group = 0; group < spec.headGroups(); group++) {
            var places = TablePlaces.all(pages.groups.get(group), firstSeen, reads);
            all.add(new Attention(group, places, tokens, row, count, spec.window(layer)));
        }
        work.addAll(all);
    }
}
