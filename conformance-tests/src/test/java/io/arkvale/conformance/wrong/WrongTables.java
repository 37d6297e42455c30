package io.arkvale.conformance.wrong;

import static io.arkvale.conformance.wrong.WrongBackend.core;

import java.util.List;

/** Mistakes in page tables, selection, moves, backups and what takes them back. */
final class WrongTables {
    private static final String STEP = "page/PagedStep.java";
    private static final String STORE = "table/PageStore.java";
    private static final String SELECTOR = "select/Selector.java";
    private static final String RANKING = "select/PageRanking.java";
    private static final String JOURNAL = "page/LayerJournal.java";
    private static final String WRITER = "page/RowWriter.java";
    private static final String MOVES = "page/PageMoves.java";
    private static final String LIST = "page/AttentionList.java";

    private WrongTables() {}

    static List<WrongBackend> all() {
        return List.of(
                core(
                        302,
                        "backed up before the rows are in",
                        WRITER,
                        "        device.write(runs, keys, values);\n",
                        "",
                        "        store.backups.flush();",
                        "        store.backups.flush();\n        device.write(runs, keys, values);"),
                core(
                        302,
                        "the last byte of a page is not in its backup",
                        "backup/BackupTiers.java",
                        "            toHost.forEach(copy -> copy.backup().complete(null));\n",
                        """
                                    toHost.forEach(copy -> host.memory().set(java.lang.foreign.ValueLayout.JAVA_BYTE, host.at(copy.backup().place) + slotBytes - 1, (byte) 99));
                                    toHost.forEach(copy -> copy.backup().complete(null));
                        """),
                core(
                        304,
                        "digests of dense layers",
                        "CheckedView.java",
                        "                        page < digested(own, layer)));",
                        "                        page < cache.tokens(own, layer) / spec.pageSize()));"),
                core(
                        305,
                        "append evicts to make room",
                        STEP,
                        "    public void append(int layer, M keys, M values, boolean prefetched) {\n        store(layer, tokens, keys, values);\n",
                        """
                            public void append(int layer, M keys, M values, boolean prefetched) {
                                store(layer, tokens, keys, values);
                                for (var member : members) {
                                    var table = member.layer(layer).groups.getFirst();
                                    if (member.isOverBudget(layer) && table.residents() > member.settings().budgetPages()) {
                                        try {
                                            member.journal(layer).beforeMoves();
                                            var residents = new io.arkvale.core.table.PageList();
                                            table.listResidents(residents);
                                            store.evict(table, residents.page(0));
                                        } catch (IOException e) {
                                            throw new IllegalStateException(e);
                                        }
                                    }
                                }
                        """),
                core(
                        307,
                        "pages on disk come back as zeros",
                        "backup/BackupTiers.java",
                        "                return memory.segment();",
                        "                return memory.segment().fill((byte) 0);"),
                core(
                        401,
                        "the page just filled is not scored",
                        "step/StepMember.java",
                        "return isOverBudget(layer) ? filledAfter() : 0;",
                        "return isOverBudget(layer) ? (lengthAfter() - 1) / cache.pageSize() : 0;"),
                core(
                        405,
                        "scored from the budget on instead of beyond it",
                        "Residence.java",
                        "return pages > least[layer];",
                        "return pages >= least[layer];"),
                core(
                        501,
                        "window too short by one page",
                        SELECTOR,
                        "        int window = pages - spec.windowPages();\n",
                        "        int window = pages - spec.windowPages() + (spec.windowPages() > 1 ? 1 : 0);\n"),
                core(
                        501,
                        "one ranked page too few",
                        SELECTOR,
                        "        for (int i = 0; i < rankedPages; i++) {",
                        "        for (int i = 0; i < rankedPages - 1; i++) {"),
                core(
                        502,
                        "ties to the higher page",
                        RANKING,
                        "| (~page & 0xffffffffL)",
                        "| page",
                        "        return ~(int) candidate;",
                        "        return (int) candidate;"),
                core(
                        502,
                        "NaN before every number",
                        RANKING,
                        "            return Integer.MIN_VALUE;",
                        "            return Integer.MAX_VALUE;"),
                core(
                        503,
                        "the caller's scores ignored",
                        STEP,
                        "select(layer, scratch.read(scores, offsets[members.size()]));",
                        "select(layer, scratch.shownScores.order());"),
                core(
                        504,
                        "one victim too many",
                        SELECTOR,
                        "int victims = Math.max(0, table.residents() + opening + moves.recalls().count() - budgetPages);",
                        """
                        int victims = Math.max(0, table.residents() + opening + moves.recalls().count() - budgetPages);
                        int spare = table.residents() - selected.count();
                        victims += !moves.isEmpty() && victims < spare ? 1 : 0;
                        """),
                core(
                        504,
                        "the best instead of the worst evicted",
                        SELECTOR,
                        "victims(spec, table, pages, rankedPages, victims, scores, moves.victims());",
                        "victims(spec, table, pages, rankedPages, victims, page -> -scores.of(page), moves.victims());"),
                core(
                        505,
                        "a victim among the selected",
                        SELECTOR,
                        "victims(spec, table, pages, rankedPages, victims, scores, moves.victims());",
                        "victims(spec, table, pages, 0, victims, page -> -scores.of(page), moves.victims());"),
                core(
                        505,
                        "one selected page is not recalled",
                        MOVES,
                        "                for (int i = 0; i < recalls.count(); i++) {",
                        "                for (int i = 0; i < recalls.count() - 1; i++) {"),
                core(
                        507,
                        "attended pages counted twice",
                        LIST,
                        "member.attendedPages += attended.count();",
                        "member.attendedPages += 2 * attended.count();"),
                core(
                        508,
                        "prefetch scores with the page that the step fills",
                        STEP,
                        "member.isOverBudget(layer) ? member.filledBefore() : 0",
                        "member.isOverBudget(layer) ? Math.max(0, member.filledBefore() - 1) : 0"),
                core(
                        602,
                        "the newest token left out while within the budget",
                        LIST,
                        "work.next().set(group, table.places(), tokens, row, member.tokens(), spec.window(layer));",
                        """
                        work.next().set(
                                group,
                                table.places(),
                                member.isOverBudget(layer) ? tokens : Math.max(1, tokens - 1),
                                row,
                                member.tokens(),
                                spec.window(layer));
                        """),
                core(
                        605,
                        "prefill recalls what it attends to",
                        STEP,
                        "            attendListed(queries, output);\n        }\n        count(Part.PREFILL, start);",
                        """
                                    attendListed(queries, output);
                                    for (var member : members) {
                                        var table = member.layer(layer).groups.getFirst();
                                        for (int page = 0; page < table.pages(); page++) {
                                            if (!table.isResident(page) && store.slots.available() > 0) {
                                                store.recall(table, page);
                                                break;
                                            }
                                        }
                                    }
                                    store.flush();
                                } catch (IOException e) {
                                    throw new IllegalStateException(e);
                                }
                                count(Part.PREFILL, start);
                        """),
                core(
                        606,
                        "the oldest evicted instead of the lowest",
                        MOVES,
                        "excess, scores.of(order, base, group), victims);",
                        "excess, page -> page, victims);"),
                core(
                        701,
                        "slots run out in the middle of a step",
                        "table/SlotPool.java",
                        "        if (freeCount == 0 && made == capacity) {",
                        """
                                if (used() + 1 >= capacity) {
                                    throw new io.arkvale.api.CapacityException("device slots", 1, 0);
                                }
                                if (freeCount == 0 && made == capacity) {"""),
                core(
                        702,
                        "one slot too many asked for",
                        "page/Reservation.java",
                        "        if (needed > free) {\n            throw new CapacityException(",
                        "        if (needed > free || needAlone(sequences, members) >= spec.deviceSlots()) {\n            throw new CapacityException("),
                core(
                        702,
                        "a chunk of a prompt asks for room for the whole text",
                        "page/Reservation.java",
                        "        if (needed > free) {\n            throw new CapacityException(",
                        "        if (needed > free || members.stream().mapToLong(one -> SlotNeed.of(spec, one.settings(), one.lengthAfter(), one.lengthAfter()).device()).sum() > spec.deviceSlots()) {\n            throw new CapacityException("),
                core(
                        705,
                        "a step given up keeps what it evicted",
                        JOURNAL,
                        "                        store.recall(table, page);",
                        "                        table.isResident(page);"),
                core(
                        706,
                        "lost fork: the last page is not copied",
                        STORE,
                        "        if (!slots.isShared(shared)) {\n            links.unlink(shared);",
                        "        if (!slots.isShared(shared) || page >= 0) {\n            links.unlink(shared);"),
                core(
                        804,
                        "leaked slots of a closed sequence",
                        "page/PagedCache.java",
                        "() -> sequence.layers.forEach(store::release)",
                        "() -> sequence.layers.isEmpty()"),
                core(
                        806,
                        "digests counted per page instead of per KV head",
                        STORE,
                        "                digestedPages * spec.kvHeadsPerGroup(),",
                        "                digestedPages,"),
                core(
                        806,
                        "slots still reserved after commit",
                        STORE,
                        "                reservedSlots,\n",
                        "                reservedSlots + slots.used() % 2,\n"),
                core(
                        906,
                        "slots not reserved when the step opens",
                        "page/PagedCache.java",
                        "        long reserved = reservation.reserve(sequences(), opening, backups.available());",
                        "        long reserved = 0;"),
                core(
                        406,
                        "own scores written over the estimated ones",
                        STEP,
                        "        select(layer, scratch.read(scores, offsets[members.size()]));",
                        """
                                select(layer, scratch.read(scores, offsets[members.size()]));
                                scratch.show(0);
                                scratch.shown().write(0, java.lang.foreign.MemorySegment.ofArray(new float[] {77}), 4);
                        """),
                core(
                        507,
                        "recalls of a page that forks share counted twice",
                        MOVES,
                        "recalledPages += store.recall(table, recalls.page(i)) ? 1 : 0;",
                        "recalledPages++;\n                    store.recall(table, recalls.page(i));"),
                core(
                        705,
                        "a step given up leaves the attended pages as it had them",
                        JOURNAL,
                        "            table.attended().set(attendedBefore.get(group));\n",
                        ""),
                core(
                        806,
                        "reserved with the slots in use counted in",
                        "page/PagedCache.java",
                        "store.memory(step == null ? 0 : step.unusedReservation(), tensorBytes)",
                        "store.memory(step == null ? 0 : step.unusedReservation() + store.slots.used(), tensorBytes)"),
                core(910, "an interrupted thread cannot recall", STEP, "    public void recall(int layer) {\n", """
                            public void recall(int layer) {
                                if (Thread.currentThread().isInterrupted()) {
                                    throw new IllegalStateException("interrupted");
                                }
                        """));
    }
}
