package io.arkvale.core.page;

import io.arkvale.api.BackupException;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Scope;
import io.arkvale.api.Sequence;
import io.arkvale.api.StepReport.Part;
import io.arkvale.core.backup.BackupTiers;
import io.arkvale.core.step.CountedReport;
import io.arkvale.core.step.StepMember;
import io.arkvale.core.step.StepOutcome;
import io.arkvale.core.step.StepWork;
import io.arkvale.spi.Attention;
import io.arkvale.spi.Choice;
import io.arkvale.spi.FilledPage;
import io.arkvale.spi.PageDevice;
import io.arkvale.spi.PageScores;
import io.arkvale.spi.RowRun;
import io.arkvale.spi.Scoring;
import io.arkvale.spi.TensorMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
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
    private final int slotsAtOpen;
    private final long reservedSlots;
    private final int[] oneEach;

    /** Selections of the current layer by member and group, and those made ahead for later layers. */
    private Selection[][] selections = new Selection[0][];

    private final Map<Integer, Selection[][]> ahead = new HashMap<>();

    private long recalledPages;
    private long backedUpPages;

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
        slotsAtOpen = store.slots.used();
        oneEach = new int[members.size()];
        Arrays.fill(oneEach, 1);
    }

    @Override
    public long unusedReservation() {
        return Math.max(0, reservedSlots - (store.slots.used() - slotsAtOpen));
    }

    @Override
    public void noteNotFinite(String name, M memory, int heads, int[] tokens) {
        long row = rowElements(heads);
        long first = 0;
        for (var member : members) {
            int rows = tokens[member.index()];
            if (!isFinite(memory, first * row, rows * row)) {
                notFinite.putIfAbsent(
                        member.sequence(),
                        name + " of sequence " + member.index() + " of the batch hold NaN or infinity");
            }
            first += rows;
        }
    }

    @Override
    public int firstNotFinite(M memory, int heads, int[] tokens) {
        long row = rowElements(heads);
        long first = 0;
        for (int member = 0; member < tokens.length; member++) {
            if (!isFinite(memory, first * row, tokens[member] * row)) {
                return member;
            }
            first += tokens[member];
        }
        return -1;
    }

    private long rowElements(int heads) {
        return (long) heads * spec.headDim();
    }

    private boolean isFinite(M memory, long first, long elements) {
        var type = spec.elementType();
        return elements == 0 || device.isFinite(memory, type, first * type.bytes(), elements);
    }

    @Override
    public void decode(int layer, M queries, M keys, M values, M output, boolean prefetched) {
        append(layer, keys, values, prefetched);
        var attended = prefetched ? new BitSet() : choose(layer, queries, output);
        attend(layer, queries, output, attended);
    }

    @Override
    public void append(int layer, M keys, M values, boolean prefetched) {
        store(layer, oneEach, keys, values);
    }

    @Override
    public void ingest(int layer, int[] tokens, int[] stored, M keys, M values) {
        store(layer, tokens, keys, values);
    }

    private void store(int layer, int[] tokens, M keys, M values) {
        long start = device.clock();
        var runs = new ArrayList<RowRun>();
        var filled = new ArrayList<FilledPage>();
        int row = 0;
        for (var member : members) {
            int count = tokens[member.index()];
            if (count > 0) {
                member.journal(layer);
                var pages = member.layer(layer);
                store.openPages(pages, pages.tokens + count);
                addRuns(pages, row, count, runs);
                addFilled(member, pages, pages.tokens + count, filled);
            }
            row += count;
        }
        device.write(runs, keys, values);
        if (!filled.isEmpty()) {
            device.digest(filled);
        }
        for (var member : members) {
            if (tokens[member.index()] > 0) {
                backUp(member.layer(layer), tokens[member.index()]);
            }
        }
        store.backups.flush();
        count(Part.APPEND, start);
    }

    private void addRuns(LayerPages pages, int row, int count, List<RowRun> runs) {
        int pageSize = spec.pageSize();
        for (int done = 0; done < count; ) {
            int page = (pages.tokens + done) / pageSize;
            int token = (pages.tokens + done) % pageSize;
            int rows = Math.min(count - done, pageSize - token);
            for (int group = 0; group < spec.headGroups(); group++) {
                runs.add(new RowRun(
                        row + done, rows, group, pages.groups.get(group).slot(page), token));
            }
            done += rows;
        }
    }

    private void addFilled(PagedMember member, LayerPages pages, int tokens, List<FilledPage> filled) {
        int before = pages.tokens / spec.pageSize();
        int after = tokens / spec.pageSize();
        if (!pages.isLimited() || before == after) {
            return;
        }
        for (int group = 0; group < spec.headGroups(); group++) {
            var list = pages.digests.get(group);
            list.resize(after);
            for (int page = before; page < after; page++) {
                filled.add(new FilledPage(
                        member.settings().digest(),
                        pages.groups.get(group).slot(page),
                        list.block(page),
                        list.index(page)));
            }
        }
    }

    /** Backs up the pages that {@code count} new tokens have filled, and counts the tokens. */
    private void backUp(LayerPages pages, int count) {
        int before = pages.tokens / spec.pageSize();
        pages.tokens += count;
        if (pages.isLimited()) {
            for (int page = before; page < pages.tokens / spec.pageSize(); page++) {
                for (var table : pages.groups) {
                    store.backUp(table, page);
                    backedUpPages++;
                }
            }
        }
    }

    /** Steps (b) to (d); returns the pairs of a member and a group, counted in this order, that have been attended to. */
    private BitSet choose(int layer, M queries, M output) {
        long start = device.clock();
        var attended = scoreAndAttend(layer, queries, output);
        start = count(Part.ESTIMATE, start);
        selections = select(layer, scratch.scores.order(), StepMember.scoreOffsets(members, layer));
        start = count(Part.SELECT, start);
        move(layer, selections);
        count(Part.RECALL, start);
        return attended;
    }

    private BitSet scoreAndAttend(int layer, M queries, M output) {
        var offsets = StepMember.scoreOffsets(members, layer);
        if (!device.choosesPages()) {
            score(layer, queries, scratch.scores, offsets);
            return new BitSet();
        }
        var work = scorings(layer, scratch.scores, offsets);
        if (work.isEmpty()) {
            return new BitSet();
        }
        var choices = new ArrayList<Choice>();
        var pairs = new ArrayList<Integer>();
        int scored = 0;
        for (var member : members) {
            for (int group = 0; group < spec.headGroups(); group++) {
                int scoring = member.isOverBudget(layer) ? scored++ : Choice.ALL;
                // What is resident after the moves is not yet known.
                if (scoring == Choice.ALL || member.settings().scope() != Scope.RESIDENT) {
                    choices.add(choice(member, layer, group, scoring));
                    pairs.add(member.index() * spec.headGroups() + group);
                }
            }
        }
        var attended = new BitSet();
        device.scoreAndAttend(work, choices, queries, scratch.scores, output).stream()
                .forEach(index -> attended.set(pairs.get(index)));
        return attended;
    }

    private Choice choice(PagedMember member, int layer, int group, int scoring) {
        var pages = member.layer(layer);
        var table = pages.groups.get(group);
        var settings = member.settings();
        boolean isRanked = scoring != Choice.ALL;
        int count = isRanked ? settings.sinkPages() + settings.rankedPages() + settings.windowPages() : table.pages();
        int tokens = count * spec.pageSize() - (pages.pages() * spec.pageSize() - pages.tokens);
        var places = TablePlaces.resident(table, AttendedPages.first(table.pages()));
        return new Choice(group, scoring, places, isRanked ? settings.rankedPages() : 0, tokens, member.index());
    }

    @Override
    public void estimate(int layer, M queries) {
        long start = device.clock();
        var offsets = StepMember.scoreOffsets(members, layer);
        score(layer, queries, scratch.shownScores, offsets);
        scratch.show(offsets[members.size()] * spec.headGroups());
        count(Part.ESTIMATE, start);
    }

    /** Scores as many pages of each member as its offsets have room for. */
    private void score(int layer, M queries, PageScores target, int[] offsets) {
        var work = scorings(layer, target, offsets);
        if (!work.isEmpty()) {
            device.score(work, queries, target);
        }
    }

    private List<Scoring> scorings(int layer, PageScores target, int[] offsets) {
        target.reserve(Math.multiplyExact(offsets[members.size()], spec.headGroups()));
        var work = new ArrayList<Scoring>();
        for (var member : members) {
            int pages = offsets[member.index() + 1] - offsets[member.index()];
            if (pages > 0) {
                for (int group = 0; group < spec.headGroups(); group++) {
                    work.add(new Scoring(
                            member.settings().digest(),
                            member.settings().groupScore(),
                            group,
                            member.layer(layer).digests.get(group)::blockAt,
                            pages,
                            member.index(),
                            offsets[member.index()] * spec.headGroups() + group,
                            member.settings().sinkPages(),
                            Math.min(pages, member.rankedTo())));
                }
                member.scoredPages += (long) pages * spec.headGroups();
            }
        }
        return work;
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
        selections = select(layer, scratch.read(scores, offsets[members.size()] * spec.headGroups()), offsets);
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
        member.journal(layer);
        for (int group = 0; group < chosen.length; group++) {
            chosen[group] = Selection.NOTHING;
            var table = member.layer(layer).groups.get(group);
            if (member.isOverBudget(layer)) {
                int at = base + group;
                chosen[group] = scratch.selector.select(
                        member.settings(),
                        table,
                        pages,
                        pages - table.pages(),
                        page -> order[at + page * spec.headGroups()]);
                table.setAttended(AttendedPages.of(chosen[group].selected()));
            } else {
                table.setAttended(AttendedPages.first(pages));
            }
        }
        return chosen;
    }

    @Override
    public void recall(int layer) {
        long start = device.clock();
        move(layer, selections);
        count(Part.RECALL, start);
    }

    private void move(int layer, Selection[][] chosen) {
        for (var member : members) {
            move(member, layer, chosen[member.index()]);
        }
        store.flush();
    }

    private void move(PagedMember member, int layer, Selection[] chosen) {
        var journal = member.journal(layer);
        try {
            for (int group = 0; group < chosen.length; group++) {
                var table = member.layer(layer).groups.get(group);
                var selection = chosen[group];
                if (selection.victims().length + selection.recalls().length > 0) {
                    journal.beforeMoves();
                }
                for (int page : selection.victims()) {
                    store.evict(table, page);
                }
                for (int page : selection.recalls()) {
                    recalledPages += store.recall(table, page) ? 1 : 0;
                }
                member.evictedPages += selection.victims().length;
                member.recalledPages += selection.recalls().length;
            }
        } catch (IOException e) {
            lost.putIfAbsent(member.sequence(), e);
        }
    }

    @Override
    public void attend(int layer, M queries, M output) {
        attend(layer, queries, output, new BitSet());
    }

    /** Step (e) for all pairs of a member and a group, counted in this order, but those attended to. */
    private void attend(int layer, M queries, M output, BitSet attended) {
        long start = device.clock();
        var chosen = ahead.getOrDefault(layer, selections);
        var work = new ArrayList<Attention>();
        for (var member : members) {
            // A sequence whose pages could not be brought back has nothing to attend to; commit says so.
            if (!lost.containsKey(member.sequence())) {
                addAttention(member, layer, chosen, attended, work);
            }
        }
        if (!work.isEmpty()) {
            device.attend(work, queries, output);
        }
        count(Part.ATTEND, start);
    }

    private void addAttention(PagedMember member, int layer, Selection[][] chosen, BitSet done, List<Attention> work) {
        var pages = member.layer(layer);
        member.journal(layer);
        int missing = pages.pages() * spec.pageSize() - pages.tokens;
        for (int group = 0; group < spec.headGroups(); group++) {
            var table = pages.groups.get(group);
            if (!member.isOverBudget(layer)) {
                table.setAttended(AttendedPages.first(table.pages()));
            } else if (member.settings().scope() == Scope.RESIDENT) {
                table.setAttended(AttendedPages.of(table.residentPages()));
            } else {
                table.setAttended(AttendedPages.of(chosen[member.index()][group].selected()));
            }
            var attended = table.attended();
            if (pages.isLimited()) {
                member.attendedPages += attended.count();
            }
            int tokens = attended.count() * spec.pageSize() - missing;
            if (!done.get(member.index() * spec.headGroups() + group)) {
                work.add(new Attention(group, TablePlaces.resident(table, attended), tokens, member.index(), 1));
            }
        }
    }

    @Override
    public void prefill(int layer, int[] tokens, int[] stored, M queries, M keys, M values, M output) {
        store(layer, tokens, keys, values);
        long start = device.clock();
        try (var reads = store.backups.reads()) {
            var work = new ArrayList<Attention>();
            int row = 0;
            for (var member : members) {
                int count = tokens[member.index()];
                if (count > 0) {
                    addPrefill(member.sequence(), member.layer(layer), row, count, reads, work);
                }
                row += count;
            }
            device.attend(work, queries, output);
        }
        count(Part.PREFILL, start);
    }

    private void addPrefill(
            PagedSequence sequence,
            LayerPages pages,
            int row,
            int count,
            BackupTiers.Reads reads,
            List<Attention> work) {
        try {
            var all = new ArrayList<Attention>();
            for (int group = 0; group < spec.headGroups(); group++) {
                var places = TablePlaces.all(pages.groups.get(group), reads);
                all.add(new Attention(group, places, pages.tokens, row, count));
            }
            work.addAll(all);
        } catch (IOException e) {
            lost.putIfAbsent(sequence, e);
        }
    }

    @Override
    public void finishPrefill(int layer, M lastQueries) {
        long start = device.clock();
        var offsets = StepMember.scoreOffsets(members, layer);
        score(layer, lastQueries, scratch.scores, offsets);
        for (var member : members) {
            if (member.isOverBudget(layer)) {
                evictToBudget(member, layer, scratch.scores.order(), offsets[member.index()] * spec.headGroups());
            }
        }
        count(Part.SELECT, start);
    }

    private void evictToBudget(PagedMember member, int layer, float[] order, int base) {
        var settings = member.settings();
        member.journal(layer).beforeMoves();
        try {
            for (int group = 0; group < spec.headGroups(); group++) {
                var table = member.layer(layer).groups.get(group);
                int at = base + group;
                int excess = Math.max(0, table.residents() - settings.budgetPages());
                var victims = scratch.selector.victims(
                        settings,
                        table,
                        table.pages(),
                        new int[0],
                        excess,
                        page -> order[at + page * spec.headGroups()]);
                for (int page : victims) {
                    store.evict(table, page);
                }
                member.evictedPages += victims.length;
            }
        } catch (IOException e) {
            lost.putIfAbsent(member.sequence(), e);
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
        score(layer, guessedQueries, scratch.scores, offsets);
        start = count(Part.ESTIMATE, start);
        var chosen = select(layer, scratch.scores.order(), offsets);
        start = count(Part.SELECT, start);
        move(layer, chosen);
        ahead.put(layer, chosen);
        count(Part.RECALL, start);
    }

    @Override
    public StepOutcome finish() {
        var counts = members.stream().map(PagedMember::counts).toList();
        long bytes = device.storage().slotBytes();
        var report = new CountedReport(counts, recalledPages * bytes, backedUpPages * bytes, nanos);
        return new StepOutcome(report, notFinite, lost);
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
