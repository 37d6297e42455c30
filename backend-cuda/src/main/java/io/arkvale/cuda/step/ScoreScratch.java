package io.arkvale.cuda.step;

import io.arkvale.cuda.CudaCache;
import io.arkvale.cuda.driver.Memory;
import io.arkvale.cuda.driver.Scratch;
import io.arkvale.cuda.kernel.CacheStructs.Rows;
import java.util.List;

/** Where pages are scored and ranked. Prefetches have one of their own, since they run beside other layers. */
public record ScoreScratch(Scratch rows, Scratch headRows, Scratch keys) {
    public static ScoreScratch in(Memory memory) {
        return new ScoreScratch(new Scratch(memory), new Scratch(memory), new Scratch(memory));
    }

    /** The same but for scores of its own, which stay as they are while this one is used. */
    public ScoreScratch withOwnScores(Memory memory) {
        return new ScoreScratch(new Scratch(memory), headRows, keys);
    }

    /**
     * Makes room for any layer of a step.
     *
     * @throws io.arkvale.api.CapacityException if there is not enough memory
     */
    public void reserve(CudaCache cache, List<Member> members) {
        long pages = 0;
        boolean eachHead = false;
        boolean longTables = false;
        for (var member : members) {
            if (member.isEverOverBudget()) {
                pages += member.filledAfter();
                eachHead |= !member.isLinear();
                longTables |= member.candidates() > Splits.SHARED_KEYS;
            }
        }
        long scores = pages * cache.spec().headGroups();
        rows.atLeast(Float.BYTES * scores);
        headRows.atLeast(eachHead ? Float.BYTES * pages * cache.spec().queryHeads() : 0);
        keys.atLeast(longTables ? 2 * Integer.BYTES * scores : 0); // keys, and a bit each whether they are resident
    }

    public Memory.OnDevice block() {
        return rows.atLeast(0);
    }

    public long scores() {
        return rows.atLeast(0).value();
    }

    /** The scores as rows, one per page. */
    public Rows scoreRows(CudaCache cache) {
        return new Rows(scores(), cache.spec().headGroups());
    }

    public long headScores() {
        return headRows.atLeast(0).value();
    }

    public long selectKeys() {
        return keys.atLeast(0).value();
    }
}
