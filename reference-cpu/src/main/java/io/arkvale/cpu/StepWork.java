package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Scope;
import io.arkvale.api.StepReport;
import io.arkvale.api.StepReport.Part;
import io.arkvale.api.StepReport.SequenceCounts;
import io.arkvale.api.support.CheckedStep;
import io.arkvale.api.support.CountedReport;
import io.arkvale.api.support.HostTensor;
import io.arkvale.api.support.Poison;
import io.arkvale.api.support.Selection;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The work of a step's calls, once they are known to be legal. */
final class StepWork implements CheckedStep.Work {
    private final CpuCache cache;
    private final CacheSpec spec;
    private final PageStore store;
    private final List<StepMember> members;
    private final Appender appender;
    private final Estimator estimator;
    private final Selector selector = new Selector();
    private final Attender attender;
    private final Poison<CpuSequence> poison;
    private final Map<Part, Long> nanos = new EnumMap<>(Part.class);
    private final long slotsAtOpen;
    private final long reservedSlots;

    /** Selections of the current layer by member and group, and those made ahead for later layers. */
    private Selection[][] selections = new Selection[0][];

    private final Map<Integer, Selection[][]> ahead = new HashMap<>();

    /** {@code [rows][queryHeads][headDim]}, grown as needed. */
    private float[] queries = new float[0];

    private float[] output = new float[0];

    /** {@code [scoreOffsets][headGroups]} of the layer last estimated. */
    private float[] scores = new float[0];

    private @Nullable HostTensor scoresTensor;
    private long recalledBytes;
    private long backedUpBytes;

    StepWork(CpuCache cache, List<StepMember> members, long reservedSlots, Poison<CpuSequence> poison) {
        this.cache = cache;
        this.poison = poison;
        this.members = members;
        this.reservedSlots = reservedSlots;
        spec = cache.spec;
        store = cache.store;
        slotsAtOpen = store.slots.blocks.used();
        appender = cache.appender;
        estimator = cache.estimator;
        attender = cache.attender;
    }

    @Override
    public long unusedReservation() {
        return Math.max(0, reservedSlots - (store.slots.blocks.used() - slotsAtOpen));
    }

    @Override
    public void append(int layer, HostTensor keys, HostTensor values) {
        long start = System.nanoTime();
        for (var member : members) {
            append(member, layer, keys, values, member.index, 1);
        }
        count(Part.APPEND, start);
    }

    @Override
    public void store(int layer, int[] tokens, HostTensor keys, HostTensor values) {
        long start = System.nanoTime();
        int row = 0;
        for (var member : members) {
            if (tokens[member.index] > 0) {
                append(member, layer, keys, values, row, tokens[member.index]);
            }
            row += tokens[member.index];
        }
        count(Part.APPEND, start);
    }

    private void append(StepMember member, int layer, HostTensor keys, HostTensor values, int row, int tokens) {
        member.journal(layer);
        var sequence = member.sequence;
        backedUpBytes += appender.append(sequence.spec, sequence.layers[layer], keys, values, row, tokens);
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
    public void estimate(int layer, HostTensor q) {
        long start = System.nanoTime();
        decodeQueries(q);
        var offsets = scoreOffsets(layer);
        makeScores(offsets[members.size()]);
        for (var member : members) {
            if (isOverBudget(member, layer)) {
                int at = offsets[member.index] * spec.headGroups();
                scorePages(member, layer, scores, at);
                member.scoredPages += (long) (offsets[member.index + 1] - offsets[member.index]) * spec.headGroups();
            }
        }
        count(Part.ESTIMATE, start);
    }

    private void scorePages(StepMember member, int layer, float[] target, int at) {
        var sequence = member.sequence;
        int row = Math.multiplyExact(member.index, spec.queryHeads() * spec.headDim());
        estimator.estimate(sequence.spec, sequence.layers[layer].requireDigests(), queries, row, target, at);
    }

    @Override
    public HostTensor scoresTensor(int layer) {
        closeScores();
        int rows = scoreOffsets(layer)[members.size()];
        var tensor = cache.tensors.scores(scores, rows);
        scoresTensor = tensor;
        return tensor;
    }

    @Override
    public void takeScores(int layer, HostTensor own) {
        int rows = scoreOffsets(layer)[members.size()];
        makeScores(rows);
        MemorySegment.copy(own.memory(), ValueLayout.JAVA_FLOAT, 0, scores, 0, rows * spec.headGroups());
    }

    @Override
    public void select(int layer) {
        long start = System.nanoTime();
        var offsets = scoreOffsets(layer);
        selections = new Selection[members.size()][];
        for (var member : members) {
            int base = offsets[member.index] * spec.headGroups();
            selections[member.index] = select(member, layer, scores, base);
        }
        count(Part.SELECT, start);
    }

    private Selection[] select(StepMember member, int layer, float[] from, int base) {
        var chosen = new Selection[spec.headGroups()];
        var sequence = member.sequence;
        int pages = spec.pages(member.lengthAfter());
        for (int group = 0; group < chosen.length; group++) {
            chosen[group] = Selection.NOTHING;
            var table = sequence.layers[layer].groups.get(group);
            if (isOverBudget(member, layer)) {
                int at = base + group;
                chosen[group] = selector.select(
                        sequence.spec,
                        table,
                        pages,
                        pages - table.pages(),
                        page -> from[at + page * spec.headGroups()]);
                member.journal(layer);
                table.setAttended(chosen[group].selected());
            } else {
                table.setAttended(IntStream.range(0, pages).toArray());
            }
        }
        return chosen;
    }

    @Override
    public void recall(int layer) {
        long start = System.nanoTime();
        for (var member : members) {
            move(member, layer, selections[member.index]);
        }
        count(Part.RECALL, start);
    }

    private void move(StepMember member, int layer, Selection[] chosen) {
        var journal = member.journal(layer);
        try {
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
        } catch (IOException e) {
            poison.backupFailed(member.sequence, e);
        }
    }

    @Override
    public void attend(int layer, HostTensor q, HostTensor o) {
        long start = System.nanoTime();
        decodeQueries(q);
        var chosen = ahead.getOrDefault(layer, selections);
        for (var member : members) {
            // A sequence whose pages could not be brought back has nothing to attend to; commit says so.
            if (!poison.hasLostPages(member.sequence)) {
                attend(member, layer, chosen);
            }
        }
        int elements = members.size() * spec.queryHeads() * spec.headDim();
        if (output.length < elements) {
            output = new float[elements];
        }
        attender.run(queries, output);
        cache.workers.codec.encode(output, 0, o.memory(), 0, elements);
        count(Part.ATTEND, start);
    }

    private void attend(StepMember member, int layer, Selection[][] chosen) {
        var pages = member.sequence.layers[layer];
        for (int group = 0; group < pages.groups.size(); group++) {
            var table = pages.groups.get(group);
            if (!isOverBudget(member, layer)) {
                table.setAttended(IntStream.range(0, table.pages()).toArray());
            } else if (member.sequence.spec.scope() == Scope.RESIDENT) {
                table.setAttended(table.residentPages());
            } else {
                table.setAttended(chosen[member.index][group].selected());
            }
            if (member.sequence.spec.isLimited(layer)) {
                member.attendedPages += table.attended().length;
            }
            attender.add(pages, group, table.attended(), member.index);
        }
    }

    @Override
    public void attendPrefill(int layer, int[] tokens, HostTensor q, HostTensor o) {
        long start = System.nanoTime();
        int row = 0;
        for (var member : members) {
            int count = tokens[member.index];
            if (count > 0) {
                try {
                    cache.prefiller.attend(member.sequence.layers[layer], q, o, row, count);
                } catch (IOException e) {
                    poison.backupFailed(member.sequence, e);
                }
            }
            row += count;
        }
        count(Part.PREFILL, start);
    }

    @Override
    public void finishPrefill(int layer, HostTensor lastQueries) {
        long start = System.nanoTime();
        decodeQueries(lastQueries);
        for (var member : members) {
            if (isOverBudget(member, layer)) {
                evictToBudget(member, layer);
            }
        }
        count(Part.SELECT, start);
    }

    private void evictToBudget(StepMember member, int layer) {
        var sequence = member.sequence;
        var pages = sequence.layers[layer];
        int filled = pages.requireDigests().pages();
        makeScores(filled);
        scorePages(member, layer, scores, 0);
        member.scoredPages += (long) filled * spec.headGroups();
        member.journal(layer).beforeMoves();
        try {
            for (int group = 0; group < pages.groups.size(); group++) {
                var table = pages.groups.get(group);
                int at = group;
                int excess = Math.max(0, table.residents() - sequence.spec.budgetPages());
                var victims = selector.victims(
                        sequence.spec,
                        table,
                        table.pages(),
                        new int[0],
                        excess,
                        page -> scores[at + page * spec.headGroups()]);
                for (int page : victims) {
                    store.evict(table, page);
                }
                member.evictedPages += victims.length;
            }
        } catch (IOException e) {
            poison.backupFailed(sequence, e);
        }
    }

    @Override
    public void prefetch(int layer, HostTensor guessedQueries) {
        decodeQueries(guessedQueries);
        var chosen = new Selection[members.size()][];
        for (var member : members) {
            var guessed = new float[0];
            if (isOverBudget(member, layer)) {
                int filled = member.sequence.layers[layer].requireDigests().pages();
                guessed = new float[filled * spec.headGroups()];
                scorePages(member, layer, guessed, 0);
                member.scoredPages += guessed.length;
            }
            member.journal(layer);
            chosen[member.index] = select(member, layer, guessed, 0);
            move(member, layer, chosen[member.index]);
        }
        ahead.put(layer, chosen);
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
    }

    @FunctionalInterface
    private interface Undo {
        void run(LayerJournal journal, CpuSequence sequence) throws IOException;
    }

    private void undo(Undo how) {
        for (var member : members) {
            for (var journal : member.journals) {
                if (journal != null) {
                    try {
                        how.run(journal, member.sequence);
                    } catch (IOException e) {
                        // Its pages are lost: it cannot be put back, so it must not be used.
                        member.sequence.poisoned = true;
                    }
                }
            }
        }
    }

    private boolean isOverBudget(StepMember member, int layer) {
        var sequence = member.sequence.spec;
        return sequence.isLimited(layer) && spec.pages(member.lengthAfter()) > sequence.budgetPages();
    }

    private void decodeQueries(HostTensor q) {
        int elements = Math.multiplyExact(members.size(), spec.queryHeads() * spec.headDim());
        if (queries.length < elements) {
            queries = new float[elements];
        }
        cache.workers.codec.decode(q.memory(), 0, queries, 0, elements);
    }

    private void makeScores(int pages) {
        int elements = Math.multiplyExact(pages, spec.headGroups());
        if (scores.length < elements) {
            scores = Arrays.copyOf(scores, elements);
        }
    }

    private void closeScores() {
        if (scoresTensor != null) {
            scoresTensor.close();
            scoresTensor = null;
        }
    }

    private void count(Part part, long start) {
        nanos.merge(part, System.nanoTime() - start, Long::sum);
    }
}
