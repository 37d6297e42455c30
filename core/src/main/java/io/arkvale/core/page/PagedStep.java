package io.arkvale.core.page;

import io.arkvale.api.BackupException;
import io.arkvale.api.Batch.Role;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Sequence;
import io.arkvale.api.StepReport.Part;
import io.arkvale.core.backup.BackupTiers;
import io.arkvale.core.select.Selection;
import io.arkvale.core.step.CountedReport;
import io.arkvale.core.step.MemberRows;
import io.arkvale.core.step.PendingOutcome;
import io.arkvale.core.step.StepMember;
import io.arkvale.core.step.StepOutcome;
import io.arkvale.core.step.StepWork;
import io.arkvale.core.table.AttendedPages;
import io.arkvale.core.table.PageStore;
import io.arkvale.spi.PageDevice;
import io.arkvale.spi.TensorMemory;
import java.io.IOException;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The work of a step over a {@link PageDevice}: which pages open, fill, take part, come back and go, and how all of that is
 * taken back. Lists of what the device is to do cover the whole batch.
 *
 * @param <M> the memory of the cache's tensors
 */
final class PagedStep<M extends TensorMemory> implements StepWork<M> {
    private final CacheSpec spec;
    private final PageStore store;
    private final PageDevice<M> device;
    private final StepScratch<M> scratch;
    private final List<PagedMember> members;
    private final Map<Part, Long> nanos = new EnumMap<>(Part.class);
    private final Map<PagedSequence, String> notFinite = new LinkedHashMap<>();
    private final Map<PagedSequence, IOException> lost = new LinkedHashMap<>();
    private final RowWriter<M> writer;
    private final PageScoring<M> scoring;
    private final PageMoves moves;
    private final long reservedSlots;

    /** Tokens of each member. */
    private final int[] tokens;

    /** Slots that were in use when the step opened, and those that calls beside it have taken since. */
    private long slotsOfOthers;

    /** Selections of the current layer by member and group, and those made ahead for later layers. */
    private Selection[][] selections = new Selection[0][];

    private final Map<Integer, Selection[][]> ahead = new HashMap<>();

    PagedStep(
            CacheSpec spec,
            PageStore store,
            PageDevice<M> device,
            StepScratch<M> scratch,
            List<PagedMember> members,
            long reservedSlots) {
        this.spec = spec;
        this.store = store;
        this.device = device;
        this.scratch = scratch;
        this.members = members;
        this.reservedSlots = reservedSlots;
        slotsOfOthers = store.slots.used();
        writer = new RowWriter<>(spec, store, device, members);
        scoring = new PageScoring<>(spec, device, members);
        moves = new PageMoves(store, scratch.selector, members, lost);
        tokens = members.stream().mapToInt(PagedMember::tokens).toArray();
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
        members.forEach(member -> member.sequence().layers.forEach(store::unlinkLastPage));
    }

    @Override
    public void noteNotFinite(String name, M memory, int heads, List<MemberRows> rows) {
        for (var some : rows) {
            if (!isFinite(memory, heads, some)) {
                notFinite.putIfAbsent(
                        members.get(some.member()).sequence(),
                        name + " of sequence " + some.member() + " of the batch hold NaN or infinity");
            }
        }
    }

    @Override
    public int firstNotFinite(M memory, int heads, List<MemberRows> rows) {
        for (var some : rows) {
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
        attend(layer, queries, output, prefetched ? new BitSet() : choose(layer, queries, output));
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

    /** Steps (b) to (d); returns the pairs of a member and a group, counted in this order, that have been attended to. */
    private BitSet choose(int layer, M queries, M output) {
        long start = device.clock();
        var attended = scoring.scoreAndAttend(layer, queries, scratch.scores, output);
        start = count(Part.ESTIMATE, start);
        selections = select(layer, scratch.scores.order(), StepMember.scoreOffsets(members, layer));
        start = count(Part.SELECT, start);
        moves.move(layer, selections);
        count(Part.RECALL, start);
        return attended;
    }

    @Override
    public void estimate(int layer, M queries) {
        long start = device.clock();
        var offsets = StepMember.scoreOffsets(members, layer);
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
        selections = select(layer, scratch.shownScores.order(), StepMember.scoreOffsets(members, layer));
        count(Part.SELECT, start);
    }

    @Override
    public void select(int layer, M scores) {
        long start = device.clock();
        var offsets = StepMember.scoreOffsets(members, layer);
        selections = select(layer, scratch.read(scores, offsets[members.size()]), offsets);
        count(Part.SELECT, start);
    }

    private Selection[][] select(int layer, float[] order, int[] offsets) {
        var chosen = new Selection[members.size()][];
        for (var member : members) {
            chosen[member.index()] = select(member, layer, order, offsets[member.index()] * spec.headGroups());
        }
        return chosen;
    }

    private Selection[] select(PagedMember member, int layer, float[] order, int base) {
        var chosen = new Selection[spec.headGroups()];
        int pages = member.pagesAfter();
        int firstSeen = member.residence().firstSeen(layer, member.lengthBefore());
        member.journal(layer);
        for (int group = 0; group < chosen.length; group++) {
            chosen[group] = Selection.NOTHING;
            var table = member.layer(layer).groups.get(group);
            if (member.isOverBudget(layer, group)) {
                int at = base + group;
                chosen[group] = scratch.selector.select(
                        member.settings(),
                        member.residence().budgetPages(layer, group),
                        member.residence().rankedPages(layer, group),
                        table,
                        pages,
                        pages - table.pages(),
                        page -> order[at + page * spec.headGroups()]);
                table.setAttended(AttendedPages.of(chosen[group].selected()));
            } else {
                table.setAttended(AttendedPages.run(firstSeen, pages));
            }
        }
        return chosen;
    }

    @Override
    public void recall(int layer) {
        long start = device.clock();
        moves.move(layer, selections);
        count(Part.RECALL, start);
    }

    @Override
    public void attend(int layer, M queries, M output) {
        attend(layer, queries, output, new BitSet());
    }

    /** Step (e) for all pairs of a member and a group, counted in this order, but those attended to. */
    private void attend(int layer, M queries, M output, BitSet attended) {
        long start = device.clock();
        var chosen = ahead.getOrDefault(layer, selections);
        var list = new AttentionList(spec, layer);
        for (var member : members) {
            if (isSound(member)) {
                list.addDecode(member, chosen[member.index()], member.index(), attended);
            }
        }
        if (!list.work().isEmpty()) {
            device.attend(list.work(), queries, output);
        }
        count(Part.ATTEND, start);
    }

    /** A sequence whose pages could not be brought back has nothing to attend to; commit says so. */
    private boolean isSound(PagedMember member) {
        return !lost.containsKey(member.sequence());
    }

    @Override
    public void prefill(int layer, int[] chunk, int[] stored, M queries, M keys, M values, M output) {
        store(layer, chunk, keys, values);
        long start = device.clock();
        try (var reads = store.backups.reads()) {
            var list = new AttentionList(spec, layer);
            for (var rows : MemberRows.of(chunk)) {
                addPrompt(list, members.get(rows.member()), rows.first(), rows.rows(), reads);
            }
            device.attend(list.work(), queries, output);
        }
        count(Part.PREFILL, start);
    }

    private void addPrompt(AttentionList list, PagedMember member, int row, int count, BackupTiers.Reads reads) {
        try {
            list.addPrompt(member, row, count, reads);
        } catch (IOException e) {
            lost.putIfAbsent(member.sequence(), e);
        }
    }

    @Override
    public void finishPrefill(int layer, M lastQueries) {
        long start = device.clock();
        var offsets = StepMember.scoreOffsets(members, layer);
        scoring.score(layer, lastQueries, scratch.scores, offsets, PagedMember::index);
        for (var member : members) {
            if (member.isOverBudget(layer)) {
                evictToBudget(member, layer, offsets);
            }
        }
        count(Part.SELECT, start);
    }

    private void evictToBudget(PagedMember member, int layer, int[] offsets) {
        moves.evictToBudget(member, layer, scratch.scores.order(), offsets[member.index()] * spec.headGroups());
    }

    @Override
    public void forward(int layer, M queries, M keys, M values, M output) {
        store(layer, tokens, keys, values);
        long start = device.clock();
        var offsets = StepMember.scoreOffsets(
                members, member -> member.isOverBudget(layer) && !member.role().leavesPromptOpen());
        scoring.score(layer, queries, scratch.scores, offsets, this::scoringRow);
        start = count(Part.ESTIMATE, start);
        var chosen = new Selection[members.size()][0];
        for (var member : members) {
            if (member.role() == Role.DECODE) {
                int base = offsets[member.index()] * spec.headGroups();
                chosen[member.index()] = select(member, layer, scratch.scores.order(), base);
            }
        }
        start = count(Part.SELECT, start);
        moves.move(layer, chosen);
        start = count(Part.RECALL, start);
        attendByRole(layer, chosen, queries, output);
        start = count(Part.ATTEND, start);
        for (var member : members) {
            if (member.endsPrompt() && member.isOverBudget(layer)) {
                evictToBudget(member, layer, offsets);
            }
        }
        count(Part.SELECT, start);
    }

    /** Drafted tokens choose with the first of them, which alone is sure to stay, and a prompt with its last. */
    private int scoringRow(PagedMember member) {
        int first = member.firstRow();
        return member.role() == Role.DECODE ? first : first + member.tokens() - 1;
    }

    private void attendByRole(int layer, Selection[][] chosen, M queries, M output) {
        try (var reads = store.backups.reads()) {
            var list = new AttentionList(spec, layer);
            for (var member : members) {
                int row = member.firstRow();
                if (member.role() == Role.DECODE && isSound(member)) {
                    list.addDecode(member, chosen[member.index()], row, new BitSet());
                } else if (member.role() != Role.DECODE && member.role().attends()) {
                    addPrompt(list, member, row, member.tokens(), reads);
                }
            }
            if (!list.work().isEmpty()) {
                device.attend(list.work(), queries, output);
            }
        }
    }

    @Override
    public void prefetch(int layer, M guessedQueries) {
        var offsets = new int[members.size() + 1];
        for (var member : members) {
            int filled = member.isOverBudget(layer) ? member.filledBefore() : 0;
            offsets[member.index() + 1] = Math.addExact(offsets[member.index()], filled);
        }
        long start = device.clock();
        scoring.score(layer, guessedQueries, scratch.scores, offsets, PagedMember::index);
        start = count(Part.ESTIMATE, start);
        var chosen = select(layer, scratch.scores.order(), offsets);
        start = count(Part.SELECT, start);
        moves.move(layer, chosen);
        ahead.put(layer, chosen);
        count(Part.RECALL, start);
    }

    @Override
    public PendingOutcome finish(int[] kept) {
        var counts = members.stream().map(PagedMember::counts).toList();
        long bytes = device.storage().slotBytes();
        var report = new CountedReport(counts, moves.recalledPages() * bytes, writer.backedUpPages() * bytes, nanos);
        for (var member : members) {
            int length = member.lengthBefore() + kept[member.index()];
            if (kept[member.index()] < member.tokens()
                    && isSound(member)
                    && !notFinite.containsKey(member.sequence())) {
                truncate(member.sequence(), length);
            }
            leaveWindows(member.sequence(), length);
        }
        return PendingOutcome.complete(new StepOutcome(report, notFinite, lost));
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
            for (@Nullable LayerJournal journal : member.journals) {
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
            nanos.merge(part, now - start, Long::sum);
        }
        return now;
    }
}
