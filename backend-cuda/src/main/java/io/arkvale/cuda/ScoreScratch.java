package io.arkvale.cuda;

import java.util.List;

/** Where pages are scored and ranked. Prefetches have one of their own, since they run beside other layers. */
record ScoreScratch(Scratch rows, Scratch headRows, Scratch keys) {
    static ScoreScratch in(Memory memory) {
        return new ScoreScratch(new Scratch(memory), new Scratch(memory), new Scratch(memory));
    }

    /** The same but for scores of its own, which stay as they are while this one is used. */
    ScoreScratch withOwnScores(Memory memory) {
        return new ScoreScratch(new Scratch(memory), headRows, keys);
    }

    /**
     * Makes room for any layer of a step.
     *
     * @throws io.arkvale.api.CapacityException if there is not enough memory
     */
    void reserve(CudaCache cache, List<Member> members) {
        long pages = 0;
        boolean eachHead = false;
        boolean longTables = false;
        for (var member : members) {
            if (member.isOverBudget(cache.spec.layers() - 1)) {
                pages += member.filledAfter();
                eachHead |= !member.isLinear();
                longTables |= member.candidates() > Splits.SHARED_KEYS;
            }
        }
        long scores = pages * cache.spec.headGroups();
        rows.atLeast(Float.BYTES * scores);
        headRows.atLeast(eachHead ? Float.BYTES * pages * cache.spec.queryHeads() : 0);
        keys.atLeast(longTables ? 2 * Integer.BYTES * scores : 0); // keys, and a bit each whether they are resident
    }

    Address address() {
        return rows.atLeast(0).address;
    }

    long scores() {
        return rows.atLeast(0).value();
    }

    long headScores() {
        return headRows.atLeast(0).value();
    }

    long selectKeys() {
        return keys.atLeast(0).value();
    }
}
