package io.arkvale.core.step;

import java.util.ArrayList;
import java.util.List;

/**
 * Consecutive rows of a tensor that belong to one member of a batch.
 *
 * @param member place in the batch
 * @param first first row
 * @param rows how many, at least 1
 */
public record MemberRows(int member, int first, int rows) {
    /** Rows that follow each other in batch order, so many of each member; members without any are left out. */
    public static List<MemberRows> of(int[] counts) {
        var all = new ArrayList<MemberRows>(counts.length);
        int first = 0;
        for (int member = 0; member < counts.length; member++) {
            if (counts[member] > 0) {
                all.add(new MemberRows(member, first, counts[member]));
            }
            first += counts[member];
        }
        return List.copyOf(all);
    }

    /** The last of them alone. */
    public MemberRows last() {
        return new MemberRows(member, first + rows - 1, 1);
    }
}
