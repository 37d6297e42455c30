package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Scope;
import io.arkvale.api.StepReport;
import io.arkvale.api.StepReport.Part;
import io.arkvale.api.StepReport.SequenceCounts;
import io.arkvale.api.support.CheckedStep;
import io.arkvale.api.support.CountedReport;
import io.arkvale.api.support.HostTensor;
import io.arkvale.api.support.Selection;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The work of a step's calls, once they are known to be legal. */
final class StepWork implements CheckedStep.Work {
    private final TornadoCache cache;
    private final CacheSpec spec;
    private final PageStore store;
    private final List<Member> members;
    private final Selector selector = new Selector();
    private final Map<Part, Long> nanos = new EnumMap<>(Part.class);
    private final long slotsAtOpen;
    private final long reservedSlots;

    /** Selections of the current layer by member and group, and those made ahead for later layers. */
    private Selection[][] selections = new Selection[0][];

    private final Map<Integer, Selection[][]> ahead = new HashMap<>();

    /** Of the layer last estimated, members one after another by their score offsets. */
    private PageScores scores = new PageScores(0, 0);

    private @Nullable HostTensor scoresTensor;
    private long recalledBytes;
    private long backedUpBytes;

    StepWork(TornadoCache cache, List<Member> members, long reservedSlots) {
        this.cache = cache;
        this.members = members;
        this.reservedSlots = reservedSlots;
        spec = cache.spec;
        store = cache.store;
        slotsAtOpen = store.slots.used();
    }

    @Override
    public long unusedReservation() {
        return Math.max(0, reservedSlots - (store.slots.used() - slotsAtOpen));
    }

    @Override
    public void append(int layer, HostTensor keys, HostTensor values) {
        var ones = new int[members.size()];
        Arrays.fill(ones, 1);
        store(layer, ones, keys, values);
    }

    @Override
    public void store(int layer, int[] tokens, HostTensor keys, HostTensor values) {
        timed(Part.APPEND, () -> {
            for (var member : members) {
                member.journal(layer);
                cache.appender.open(member.sequence.layers[layer], tokens[member.index]);
            }
            cache.appender.begin();
            int row = 0;
            for (var member : members) {
                var sequence = member.sequence;
                int count = tokens[member.index];
                backedUpBytes += cache.appender.add(sequence.spec, sequence.layers[layer], keys, values, row, count);
                row += count;
            }
            cache.appender.end();
        });
    }

    @Override
    public int[] scoreOffsets(int layer) {
        var offsets = new int[members.size() + 1];
        for (var member : members) {
            int filled = isOverBudget(member, layer) ? member.lengthAfter() / spec.pageSize() : 0;
            offsets[member.index + 1] = Math.addExact(offsets[member.index], filled);
        }
        return offsets;
    }

    @Override
    public void estimate(int layer, HostTensor queries) {
        var offsets = scoreOffsets(layer);
        scores = new PageScores(offsets[members.size()], spec.headGroups());
        timed(Part.ESTIMATE, () -> score(layer, queries, scores, offsets));
    }

    /** Scores as many pages of each member as its offsets have room for. */
    private void score(int layer, HostTensor queries, PageScores target, int[] offsets) {
        cache.estimator.begin();
        for (var member : members) {
            int from = offsets[member.index];
            int pages = offsets[member.index + 1] - from;
            if (pages > 0) {
                var sequence = member.sequence;
                int at = from * spec.headGroups();
                cache.estimator.add(
                        sequence.spec,
                        sequence.layers[layer],
                        pages,
                        rankedTo(member),
                        queries,
                        member.index,
                        target,
                        at);
                member.scoredPages += (long) pages * spec.headGroups();
            }
        }
        cache.estimator.run();
    }

    @Override
    public HostTensor scoresTensor(int layer) {
        closeScores();
        int rows = scoreOffsets(layer)[members.size()];
        var tensor = cache.tensors.scores(scores.values, rows);
        scoresTensor = tensor;
        return tensor;
    }

    @Override
    public void takeScores(int layer, HostTensor own) {
        var offsets = scoreOffsets(layer);
        scores = new PageScores(offsets[members.size()], spec.headGroups());
        MemorySegment.copy(own.memory(), ValueLayout.JAVA_FLOAT, 0, scores.values, 0, scores.values.length);
        for (var member : members) {
            if (isOverBudget(member, layer)) {
                for (int group = 0; group < spec.headGroups(); group++) {
                    int at = offsets[member.index] * spec.headGroups() + group;
                    scores.rank(at, spec.headGroups(), member.sequence.spec.sinkPages(), rankedTo(member));
                }
            }
        }
    }

    /** End of the pages that are ranked: the window follows. */
    private int rankedTo(Member member) {
        return spec.pages(member.lengthAfter()) - member.sequence.spec.windowPages();
    }

    @Override
    public void select(int layer) {
        timed(Part.SELECT, () -> selections = select(layer, scores, scoreOffsets(layer)));
    }

    private Selection[][] select(int layer, PageScores from, int[] offsets) {
        var chosen = new Selection[members.size()][];
        for (var member : members) {
            chosen[member.index] = select(member, layer, from, offsets[member.index] * spec.headGroups());
        }
        return chosen;
    }

    private Selection[] select(Member member, int layer, PageScores from, int base) {
        var chosen = new Selection[spec.headGroups()];
        var sequence = member.sequence;
        int pages = spec.pages(member.lengthAfter());
        member.journal(layer);
        for (int group = 0; group < chosen.length; group++) {
            chosen[group] = Selection.NOTHING;
            var table = sequence.layers[layer].groups.get(group);
            if (isOverBudget(member, layer)) {
                int at = base + group;
                int opening = pages - table.pages();
                chosen[group] = selector.select(
                        sequence.spec, table, pages, opening, page -> from.ranks[at + page * spec.headGroups()]);
                table.setAttended(chosen[group].selected());
            } else {
                table.setAttended(allPages(pages));
            }
        }
        return chosen;
    }

    @Override
    public void recall(int layer) {
        timed(Part.RECALL, () -> move(layer, selections));
    }

    private void move(int layer, Selection[][] chosen) {
        for (var member : members) {
            move(member, layer, chosen[member.index]);
        }
        store.transfers.flush();
    }

    private void move(Member member, int layer, Selection[] chosen) {
        var journal = member.journal(layer);
        for (int group = 0; group < chosen.length; group++) {
            var table = member.sequence.layers[layer].groups.get(group);
            var selection = chosen[group];
            if (selection.victims().length + selection.recalls().length > 0) {
                journal.beforeMoves();
            }
            for (int page : selection.victims()) {
                store.evict(table, page);
            }
            for (int page : selection.recalls()) {
                recalledBytes += store.recall(table, page);
            }
            member.evictedPages += selection.victims().length;
            member.recalledPages += selection.recalls().length;
        }
    }

    @Override
    public void attend(int layer, HostTensor queries, HostTensor output) {
        timed(Part.ATTEND, () -> {
            var chosen = ahead.getOrDefault(layer, selections);
            cache.attender.begin();
            for (var member : members) {
                attend(member, layer, chosen, queries, output);
            }
            cache.attender.run(output);
        });
    }

    private void attend(Member member, int layer, Selection[][] chosen, HostTensor queries, HostTensor output) {
        var pages = member.sequence.layers[layer];
        for (int group = 0; group < pages.groups.size(); group++) {
            var table = pages.groups.get(group);
            if (!isOverBudget(member, layer)) {
                table.setAttended(allPages(table.pages()));
            } else if (member.sequence.spec.scope() == Scope.RESIDENT) {
                table.setAttended(table.residentPages());
            } else {
                table.setAttended(chosen[member.index][group].selected());
            }
            if (member.sequence.spec.isLimited(layer)) {
                member.attendedPages += table.attended().length;
            }
            cache.attender.add(pages, group, table.attended(), member.index, queries, output);
        }
    }

    @Override
    public void attendPrefill(int layer, int[] tokens, HostTensor queries, HostTensor output) {
        timed(Part.PREFILL, () -> {
            int row = 0;
            for (var member : members) {
                int count = tokens[member.index];
                if (count > 0) {
                    cache.prefiller.attend(member.sequence.layers[layer], queries, output, row, count);
                }
                row += count;
            }
        });
    }

    @Override
    public void finishPrefill(int layer, HostTensor lastQueries) {
        timed(Part.SELECT, () -> {
            var offsets = scoreOffsets(layer);
            var last = new PageScores(offsets[members.size()], spec.headGroups());
            score(layer, lastQueries, last, offsets);
            for (var member : members) {
                if (isOverBudget(member, layer)) {
                    evictToBudget(member, layer, last, offsets[member.index] * spec.headGroups());
                }
            }
        });
    }

    private void evictToBudget(Member member, int layer, PageScores from, int base) {
        var sequence = member.sequence;
        member.journal(layer).beforeMoves();
        var groups = sequence.layers[layer].groups;
        for (int group = 0; group < groups.size(); group++) {
            var table = groups.get(group);
            int at = base + group;
            int excess = Math.max(0, table.residents() - sequence.spec.budgetPages());
            var victims =
                    selector.victims(sequence.spec, table, excess, page -> from.ranks[at + page * spec.headGroups()]);
            for (int page : victims) {
                store.evict(table, page);
            }
            member.evictedPages += victims.length;
        }
    }

    @Override
    public void prefetch(int layer, HostTensor guessedQueries) {
        timed(Part.RECALL, () -> {
            var offsets = new int[members.size() + 1];
            for (var member : members) {
                int filled = isOverBudget(member, layer) ? member.lengthBefore / spec.pageSize() : 0;
                offsets[member.index + 1] = offsets[member.index] + filled;
            }
            var guessed = new PageScores(offsets[members.size()], spec.headGroups());
            score(layer, guessedQueries, guessed, offsets);
            var chosen = select(layer, guessed, offsets);
            move(layer, chosen);
            ahead.put(layer, chosen);
        });
    }

    @Override
    public void end() {
        closeScores();
    }

    @Override
    public StepReport report() {
        var counts = members.stream()
                .map(member -> new SequenceCounts(
                        member.recalledPages, member.evictedPages, member.attendedPages, member.scoredPages))
                .toList();
        return new CountedReport(counts, recalledBytes, backedUpBytes, nanos);
    }

    @Override
    public void undo() {
        for (var member : members) {
            member.sequence.length = member.lengthBefore;
        }
        // Every slot taken is given up before any evicted page comes back, so that there is room for it.
        undo((journal, sequence) -> journal.undoRecalls(store));
        undo((journal, sequence) -> journal.undoEvictions(store, spec.pageSize()));
        store.transfers.flush();
    }

    private void undo(BiConsumer<LayerJournal, TornadoSequence> how) {
        for (var member : members) {
            for (var journal : member.journals) {
                if (journal != null) {
                    how.accept(journal, member.sequence);
                }
            }
        }
    }

    private boolean isOverBudget(Member member, int layer) {
        var sequence = member.sequence.spec;
        return sequence.isLimited(layer) && spec.pages(member.lengthAfter()) > sequence.budgetPages();
    }

    private static int[] allPages(int count) {
        return IntStream.range(0, count).toArray();
    }

    private void closeScores() {
        if (scoresTensor != null) {
            scoresTensor.close();
            scoresTensor = null;
        }
    }

    /** Does a part's work while no other cache uses the engine, and counts the time of its kernels. */
    private void timed(Part part, Runnable work) {
        cache.engine.lock.lock();
        try {
            long before = cache.engine.kernelNanos();
            work.run();
            if (cache.engine.isTimed()) {
                nanos.merge(part, cache.engine.kernelNanos() - before, Long::sum);
            }
        } finally {
            cache.engine.lock.unlock();
        }
    }
}
