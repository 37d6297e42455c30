package io.arkvale.core.page;

import io.arkvale.api.BackupException;
import io.arkvale.api.Batch.Role;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Sequence;
import io.arkvale.api.StepReport.Part;
import io.arkvale.core.backup.BackupTiers;
import io.arkvale.core.select.Selector;
import io.arkvale.core.step.MemberRows;
import io.arkvale.core.step.PendingOutcome;
import io.arkvale.core.step.StepOutcome;
import io.arkvale.core.step.StepWork;
import io.arkvale.core.table.PageStore;
import io.arkvale.spi.PageDevice;
import io.arkvale.spi.TensorMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The work of a step over a {@link PageDevice}: which pages open, fill, take part, come back and go, and how all of that is
 * taken back. Lists of what the device is to do cover the whole batch. A cache has one, which serves step after step and
 * allocates nothing but the report.
 *
 * @param <M> the memory of the cache's tensors
 */
final class PagedStep<M extends TensorMemory> implements StepWork<M> {
    private final CacheSpec spec;
    private final PageStore store;
    private final PageDevice<M> device;
    private final StepScratch<M> scratch;
    private final List<PagedMember> members = new ArrayList<>();
    private final PartNanos nanos = new PartNanos();
    private final Map<PagedSequence, String> notFinite = new LinkedHashMap<>();
    private final Map<PagedSequence, IOException> lost = new LinkedHashMap<>();
    private final RowWriter<M> writer;
    private final PageScoring<M> scoring;
    private final Selector selector = new Selector();
    private final GroupScores groupScores;
    private final PageMoves moves;
    private final AttentionList attentions;
    private final BackupTiers.Reads reads;

    /** Pairs of a member and a group, counted in this order, that a device has attended to while it scored. */
    private final BitSet attended = new BitSet();

    /** Tokens of each member. */
    private int[] tokens = new int[0];

    /** Offsets of each member's rows in the scores at hand. */
    private int[] offsets = new int[1];

    private long reservedSlots;

    /** Slots that were in use when the step opened, and those that calls beside it have taken since. */
    private long slotsOfOthers;

    PagedStep(CacheSpec spec, PageStore store, PageDevice<M> device, StepScratch<M> scratch) {
        this.spec = spec;
        this.store = store;
        this.device = device;
        this.scratch = scratch;
        writer = new RowWriter<>(spec, store, device, members);
        scoring = new PageScoring<>(spec, device, members);
        groupScores = new GroupScores(spec.headGroups());
        moves = new PageMoves(store, selector, groupScores, members, lost);
        attentions = new AttentionList(spec);
        reads = store.backups.reads();
    }

    /** A step opens; the one before is over. */
    void open(List<PagedMember> opening, long reserved) {
        members.clear();
        for (int i = 0; i < opening.size(); i++) {
            members.add(opening.get(i));
        }
        reservedSlots = reserved;
        slotsOfOthers = store.slots.used();
        nanos.clear();
        notFinite.clear();
        lost.clear();
        writer.begin();
        moves.begin();
        if (tokens.length != members.size()) {
            tokens = new int[members.size()];
            offsets = new int[members.size() + 1];
        }
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = members.get(i).tokens();
        }
    }

    @Override
    public long unusedReservation() {
        return Math.max(0, reservedSlots - (store.slots.used() - slotsOfOthers));
    }

    /** Calls beside the step have taken so many slots while it is open, or given back if below 0. */
    void othersTook(long slots) {
        slotsOfOthers += slots;
    }

    /** Backups promised to the step and not yet begun. */
    long unusedBackups() {
        return members.stream().mapToLong(PagedMember::newBackups).sum() - writer.backedUpPages();
    }

    /** What it grows. */
    List<PagedMember> members() {
        return members;
    }

    @Override
    public void begin() {
        for (int i = 0; i < members.size(); i++) {
            for (int layer = 0; layer < spec.layers(); layer++) {
                store.unlinkLastPage(members.get(i).layer(layer));
            }
        }
    }

    @Override
    public void noteNotFinite(String name, M memory, int heads, List<MemberRows> rows) {
        for (int i = 0; i < rows.size(); i++) {
            var some = rows.get(i);
            if (!isFinite(memory, heads, some)) {
                notFinite.putIfAbsent(
                        members.get(some.member()).sequence(),
                        name + " of sequence " + some.member() + " of the batch hold NaN or infinity");
            }
        }
    }

    @Override
    public int firstNotFinite(M memory, int heads, List<MemberRows> rows) {
        for (int i = 0; i < rows.size(); i++) {
            var some = rows.get(i);
            if (!isFinite(memory, heads, some)) {
                return some.member();
            }
        }
        return -1;
    }

    private boolean isFinite(M memory, int heads, MemberRows rows) {
        var type = spec.elementType();
        long row = (long) heads * spec.headDim();
        long stride = memory.rowStride();
        if (stride == row * type.bytes()) {
            return device.isFinite(memory, type, rows.first() * stride, rows.rows() * row);
        }
        boolean areFinite = true;
        for (int i = 0; i < rows.rows(); i++) {
            areFinite &= device.isFinite(memory, type, (rows.first() + i) * stride, row);
        }
        return areFinite;
    }

    @Override
    public void decode(int layer, M queries, M keys, M values, M output, boolean prefetched) {
        append(layer, keys, values, prefetched);
        attended.clear();
        if (!prefetched) {
            choose(layer, queries, output);
        }
        attendRest(layer, queries, output);
    }

    @Override
    public void append(int layer, M keys, M values, boolean prefetched) {
        store(layer, tokens, keys, values);
    }

    @Override
    public void ingest(int layer, int[] chunk, int[] stored, M keys, M values) {
        store(layer, chunk, keys, values);
    }

    private void store(int layer, int[] counts, M keys, M values) {
        long start = device.clock();
        writer.store(layer, counts, keys, values);
        count(Part.APPEND, start);
    }

    /** Steps (b) to (d), and (e) of the pairs that the device attends to while it scores. */
    private void choose(int layer, M queries, M output) {
        long start = device.clock();
        setOffsets(layer);
        scoring.scoreAndAttend(layer, queries, scratch.scores, offsets, output, attended);
        start = count(Part.ESTIMATE, start);
        select(layer, scratch.scores.order());
        start = count(Part.SELECT, start);
        moves.move(layer);
        count(Part.RECALL, start);
    }

    /** Every member's filled pages are scored that is over its budget. */
    private void setOffsets(int layer) {
        for (int i = 0; i < members.size(); i++) {
            setOffset(i, members.get(i).scoredPages(layer));
        }
    }

    /** So many pages of a member are scored; members come in batch order. */
    private void setOffset(int member, int pages) {
        offsets[member + 1] = Math.addExact(offsets[member], pages);
    }

    @Override
    public void estimate(int layer, M queries) {
        long start = device.clock();
        setOffsets(layer);
        scoring.score(layer, queries, scratch.shownScores, offsets, PagedMember::index);
        scratch.show(offsets[members.size()] * spec.headGroups());
        count(Part.ESTIMATE, start);
    }

    @Override
    public M scores() {
        return scratch.shown();
    }

    @Override
    public void select(int layer) {
        long start = device.clock();
        setOffsets(layer);
        select(layer, scratch.shownScores.order());
        count(Part.SELECT, start);
    }

    @Override
    public void select(int layer, M scores) {
        long start = device.clock();
        setOffsets(layer);
        select(layer, scratch.read(scores, offsets[members.size()]));
        count(Part.SELECT, start);
    }

    private void select(int layer, float[] order) {
        for (int i = 0; i < members.size(); i++) {
            select(members.get(i), layer, order);
        }
    }

    private void select(PagedMember member, int layer, float[] order) {
        int base = offsets[member.index()] * spec.headGroups();
        int pages = member.pagesAfter();
        int firstSeen = member.residence().firstSeen(layer, member.lengthBefore());
        var journal = member.journal(layer);
        for (int group = 0; group < spec.headGroups(); group++) {
            var table = member.layer(layer).groups.get(group);
            if (member.isOverBudget(layer, group)) {
                selector.select(
                        member.settings(),
                        member.residence().budgetPages(layer, group),
                        member.residence().rankedPages(layer, group),
                        table,
                        pages,
                        pages - table.pages(),
                        groupScores.of(order, base, group),
                        journal.selection(group));
            } else {
                table.attended().setRun(firstSeen, pages);
            }
        }
    }

    @Override
    public void recall(int layer) {
        long start = device.clock();
        moves.move(layer);
        count(Part.RECALL, start);
    }

    @Override
    public void attend(int layer, M queries, M output) {
        attended.clear();
        attendRest(layer, queries, output);
    }

    /** Step (e) for all pairs of a member and a group but those attended to. */
    private void attendRest(int layer, M queries, M output) {
        long start = device.clock();
        attentions.begin(layer);
        for (int i = 0; i < members.size(); i++) {
            if (isSound(members.get(i))) {
                attentions.addDecode(members.get(i), i, attended);
            }
        }
        attendListed(queries, output);
        count(Part.ATTEND, start);
    }

    private void attendListed(M queries, M output) {
        if (!attentions.work().isEmpty()) {
            device.attend(attentions.work(), queries, output);
        }
    }

    /** A sequence whose pages could not be brought back has nothing to attend to; commit says so. */
    private boolean isSound(PagedMember member) {
        return !lost.containsKey(member.sequence());
    }

    @Override
    public void prefill(int layer, int[] chunk, int[] stored, M queries, M keys, M values, M output) {
        store(layer, chunk, keys, values);
        long start = device.clock();
        try (reads) {
            attentions.begin(layer);
            for (var rows : MemberRows.of(chunk)) {
                addPrompt(members.get(rows.member()), rows.first(), rows.rows());
            }
            attendListed(queries, output);
        }
        count(Part.PREFILL, start);
    }

    private void addPrompt(PagedMember member, int row, int count) {
        try {
            attentions.addPrompt(member, row, count, reads);
        } catch (IOException e) {
            lost.putIfAbsent(member.sequence(), e);
        }
    }

    @Override
    public void finishPrefill(int layer, M lastQueries) {
        long start = device.clock();
        setOffsets(layer);
        scoring.score(layer, lastQueries, scratch.scores, offsets, PagedMember::index);
        for (var member : members) {
            if (member.isOverBudget(layer)) {
                evictToBudget(member, layer);
            }
        }
        count(Part.SELECT, start);
    }

    private void evictToBudget(PagedMember member, int layer) {
        moves.evictToBudget(member, layer, scratch.scores.order(), offsets[member.index()] * spec.headGroups());
    }

    @Override
    public void forward(int layer, M queries, M keys, M values, M output) {
        store(layer, tokens, keys, values);
        long start = device.clock();
        for (int i = 0; i < members.size(); i++) {
            var member = members.get(i);
            setOffset(i, member.role().leavesPromptOpen() ? 0 : member.scoredPages(layer));
        }
        scoring.score(layer, queries, scratch.scores, offsets, PagedStep::scoringRow);
        start = count(Part.ESTIMATE, start);
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).role() == Role.DECODE) {
                select(members.get(i), layer, scratch.scores.order());
            }
        }
        start = count(Part.SELECT, start);
        moves.move(layer);
        start = count(Part.RECALL, start);
        attendByRole(layer, queries, output);
        start = count(Part.ATTEND, start);
        for (int i = 0; i < members.size(); i++) {
            var member = members.get(i);
            if (member.endsPrompt() && member.isOverBudget(layer)) {
                evictToBudget(member, layer);
            }
        }
        count(Part.SELECT, start);
    }

    /** Drafted tokens choose with the first of them, which alone is sure to stay, and a prompt with its last. */
    private static int scoringRow(PagedMember member) {
        int first = member.firstRow();
        return member.role() == Role.DECODE ? first : first + member.tokens() - 1;
    }

    private void attendByRole(int layer, M queries, M output) {
        attended.clear();
        try (reads) {
            attentions.begin(layer);
            for (int i = 0; i < members.size(); i++) {
                var member = members.get(i);
                int row = member.firstRow();
                if (member.role() == Role.DECODE && isSound(member)) {
                    attentions.addDecode(member, row, attended);
                } else if (member.role() != Role.DECODE && member.role().attends()) {
                    addPrompt(member, row, member.tokens());
                }
            }
            attendListed(queries, output);
        }
    }

    @Override
    public void prefetch(int layer, M guessedQueries) {
        long start = device.clock();
        for (int i = 0; i < members.size(); i++) {
            var member = members.get(i);
            setOffset(i, member.isOverBudget(layer) ? member.filledBefore() : 0);
        }
        scoring.score(layer, guessedQueries, scratch.scores, offsets, PagedMember::index);
        start = count(Part.ESTIMATE, start);
        select(layer, scratch.scores.order());
        start = count(Part.SELECT, start);
        moves.move(layer);
        count(Part.RECALL, start);
    }

    @Override
    public PendingOutcome finish(int[] kept) {
        long bytes = device.storage().slotBytes();
        var report = new PagedReport(members, moves.recalledPages() * bytes, writer.backedUpPages() * bytes, nanos);
        for (int i = 0; i < members.size(); i++) {
            var member = members.get(i);
            int length = member.lengthBefore() + kept[member.index()];
            if (kept[member.index()] < member.tokens()
                    && isSound(member)
                    && !notFinite.containsKey(member.sequence())) {
                truncate(member.sequence(), length);
            }
            leaveWindows(member.sequence(), length);
        }
        return new StepOutcome(report, kept(notFinite), kept(lost));
    }

    private static <V> Map<PagedSequence, V> kept(Map<PagedSequence, V> noted) {
        return noted.isEmpty() ? Map.of() : new LinkedHashMap<>(noted);
    }

    /** What no later query of a layer with a window attends to is given up: not before, since the step may be given up. */
    private void leaveWindows(PagedSequence sequence, int length) {
        for (int layer = 0; spec.hasWindows() && layer < spec.layers(); layer++) {
            int firstKept = sequence.residence().firstKept(layer, length);
            store.giveUp(sequence.layer(layer), sequence.firstHeld(layer), firstKept);
        }
    }

    private void truncate(PagedSequence sequence, int length) {
        try {
            new Truncation(spec, store, sequence, length, false).run();
        } catch (IOException e) {
            lost.putIfAbsent(sequence, e);
        }
    }

    @Override
    public void undo() {
        store.dropPending();
        // Every slot taken is given up before any evicted page comes back, so that there is room for it.
        var unrestored = new LinkedHashMap<Sequence, IOException>();
        undo((journal, sequence) -> journal.undoRecalls(store), unrestored);
        undo((journal, sequence) -> journal.undoEvictions(store, spec.pageSize()), unrestored);
        store.flush();
        if (!unrestored.isEmpty()) {
            var cause = unrestored.values().iterator().next();
            throw new BackupException(
                    "the step is given up, but evicted pages cannot be brought back: " + cause.getMessage(),
                    List.copyOf(unrestored.keySet()),
                    cause);
        }
    }

    @FunctionalInterface
    private interface Undo {
        void run(LayerJournal journal, PagedSequence sequence) throws IOException;
    }

    private void undo(Undo how, Map<Sequence, IOException> unrestored) {
        for (var member : members) {
            for (int layer = 0; layer < spec.layers(); layer++) {
                var journal = member.changes(layer);
                if (journal != null) {
                    try {
                        how.run(journal, member.sequence());
                    } catch (IOException e) {
                        // Its pages are lost: it cannot be put back, so it must not be used.
                        member.sequence().poison();
                        unrestored.putIfAbsent(member.sequence(), e);
                    }
                }
            }
        }
    }

    private long count(Part part, long start) {
        long now = device.clock();
        if (device.storage().timed()) {
            nanos.add(part, now - start);
        }
        return now;
    }
}
