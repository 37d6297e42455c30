package io.arkvale.core.shard;

import io.arkvale.api.BackupException;
import io.arkvale.api.DeferredException;
import io.arkvale.api.PendingReport;
import io.arkvale.api.Sequence;
import io.arkvale.api.Step;
import io.arkvale.api.StepReport;
import io.arkvale.api.StepReport.Part;
import io.arkvale.api.StepReport.SequenceCounts;
import io.arkvale.core.CacheSequence;
import io.arkvale.core.step.CountedReport;
import io.arkvale.core.step.MemberRows;
import io.arkvale.core.step.PendingOutcome;
import io.arkvale.core.step.StepMember;
import io.arkvale.core.step.StepOutcome;
import io.arkvale.core.step.StepWork;
import io.arkvale.core.tensor.Elements;
import io.arkvale.core.tensor.HostMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The work of a step over shards: each call goes to the step of every shard, with its heads of the tensors. */
final class ShardedStep implements StepWork<HostMemory> {
    private final ShardedCache cache;
    private final List<Shard> shards;
    private final List<StepMember<ShardedSequence>> members;

    /** By shard. */
    private final List<Step> steps;

    private final int[] tokens;
    private final int batch;
    private final int rows;
    private final HostMemory shownScores;
    private final Map<CacheSequence, String> notFinite = new LinkedHashMap<>();

    /** @param shownScores has room for the scores of any layer */
    ShardedStep(
            ShardedCache cache,
            List<Shard> shards,
            List<StepMember<ShardedSequence>> members,
            List<Step> steps,
            HostMemory shownScores) {
        this.cache = cache;
        this.shards = shards;
        this.members = members;
        this.steps = steps;
        this.shownScores = shownScores;
        tokens = members.stream().mapToInt(StepMember::tokens).toArray();
        batch = members.size();
        rows = Arrays.stream(tokens).sum();
    }

    /** A call of one shard's step. What it lends is given back once all shards are called, so that they may work side by side. */
    @FunctionalInterface
    private interface Call {
        void on(Shard shard, Step step, LentSlices lent);
    }

    private void each(Call call) {
        try (var lent = new LentSlices()) {
            for (int i = 0; i < shards.size(); i++) {
                call.on(shards.get(i), steps.get(i), lent);
            }
        }
    }

    @Override
    public void decode(
            int layer, HostMemory queries, HostMemory keys, HostMemory values, HostMemory output, boolean prefetched) {
        each((shard, step, lent) -> step.decode(
                layer,
                lent.add(shard.queries(queries, batch)),
                lent.add(shard.keys(keys, batch)),
                lent.add(shard.keys(values, batch)),
                lent.add(shard.output(output, batch))));
    }

    @Override
    public void append(int layer, HostMemory keys, HostMemory values, boolean prefetched) {
        each((shard, step, lent) ->
                step.append(layer, lent.add(shard.keys(keys, batch)), lent.add(shard.keys(values, batch))));
    }

    @Override
    public void estimate(int layer, HostMemory queries) {
        int pages = scoredPages(layer);
        each((shard, step, lent) -> {
            var scores = step.estimate(layer, lent.add(shard.queries(queries, batch)));
            long inRow = (long) Float.BYTES * shard.groups().first();
            HeadSlice.spread(scores, pages, shownScores, inRow);
        });
    }

    private int scoredPages(int layer) {
        return StepMember.scoreOffsets(members, layer)[batch];
    }

    @Override
    public HostMemory scores() {
        return shownScores;
    }

    @Override
    public void select(int layer) {
        each((shard, step, lent) -> step.select(layer));
    }

    @Override
    public void select(int layer, HostMemory scores) {
        int pages = scoredPages(layer);
        each((shard, step, lent) -> step.select(layer, lent.add(shard.scores(scores, pages))));
    }

    @Override
    public void recall(int layer) {
        each((shard, step, lent) -> step.recall(layer));
    }

    @Override
    public void attend(int layer, HostMemory queries, HostMemory output) {
        each((shard, step, lent) ->
                step.attend(layer, lent.add(shard.queries(queries, batch)), lent.add(shard.output(output, batch))));
    }

    @Override
    public void ingest(int layer, int[] chunk, int[] stored, HostMemory keys, HostMemory values) {
        int count = Arrays.stream(chunk).sum();
        each((shard, step, lent) ->
                step.ingest(layer, chunk, lent.add(shard.keys(keys, count)), lent.add(shard.keys(values, count))));
    }

    @Override
    public void prefill(
            int layer,
            int[] chunk,
            int[] stored,
            HostMemory queries,
            HostMemory keys,
            HostMemory values,
            HostMemory output) {
        int count = Arrays.stream(chunk).sum();
        each((shard, step, lent) -> step.prefill(
                layer,
                chunk,
                lent.add(shard.queries(queries, count)),
                lent.add(shard.keys(keys, count)),
                lent.add(shard.keys(values, count)),
                lent.add(shard.output(output, count))));
    }

    @Override
    public void finishPrefill(int layer, HostMemory lastQueries) {
        each((shard, step, lent) -> step.finishPrefill(layer, lent.add(shard.queries(lastQueries, batch))));
    }

    @Override
    public void forward(int layer, HostMemory queries, HostMemory keys, HostMemory values, HostMemory output) {
        each((shard, step, lent) -> step.forward(
                layer,
                lent.add(shard.queries(queries, rows)),
                lent.add(shard.keys(keys, rows)),
                lent.add(shard.keys(values, rows)),
                lent.add(shard.output(output, rows))));
    }

    @Override
    public void prefetch(int layer, HostMemory guessedQueries) {
        each((shard, step, lent) -> step.prefetch(layer, lent.add(shard.queries(guessedQueries, batch))));
    }

    @Override
    public int firstNotFinite(HostMemory memory, int heads, List<MemberRows> some) {
        for (var own : some) {
            if (!areFinite(memory, heads, own)) {
                return own.member();
            }
        }
        return -1;
    }

    /** Of all heads, so that an error does not depend on which shard has them. */
    @Override
    public void noteNotFinite(String name, HostMemory memory, int heads, List<MemberRows> some) {
        for (var own : some) {
            if (!areFinite(memory, heads, own)) {
                notFinite.putIfAbsent(
                        members.get(own.member()).sequence(),
                        name + " of sequence " + own.member() + " of the batch hold NaN or infinity");
            }
        }
    }

    private boolean areFinite(HostMemory memory, int heads, MemberRows some) {
        var type = cache.spec().elementType();
        long elements = (long) heads * cache.spec().headDim();
        for (int row = some.first(); row < some.first() + some.rows(); row++) {
            if (!Elements.areFinite(memory.segment(), type, memory.at(row) / type.bytes(), elements)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public long unusedReservation() {
        return shards.stream()
                .mapToLong(shard -> shard.cache().memory().reservedDeviceSlots())
                .sum();
    }

    @Override
    public PendingOutcome finish(int[] kept) {
        var reports = new ArrayList<PendingReport>(steps.size());
        for (var step : steps) {
            reports.add(Arrays.equals(kept, tokens) ? step.commitAsync() : step.commitAsync(kept));
        }
        return new PendingOutcome() {
            @Override
            public boolean isComplete() {
                return reports.stream().allMatch(PendingReport::isComplete);
            }

            @Override
            public StepOutcome await() {
                return outcome(reports);
            }
        };
    }

    private StepOutcome outcome(List<PendingReport> pending) {
        var lost = new LinkedHashMap<CacheSequence, IOException>();
        var reports = new ArrayList<StepReport>();
        for (int shard = 0; shard < pending.size(); shard++) {
            try {
                reports.add(pending.get(shard).await());
            } catch (DeferredException e) {
                e.report().ifPresent(reports::add);
                for (var sequence : concerned(e, shard)) {
                    if (e instanceof BackupException) {
                        lost.putIfAbsent(sequence, new IOException(e.getMessage(), e));
                    } else {
                        notFinite.putIfAbsent(sequence, e.getMessage());
                    }
                }
            }
        }
        return new StepOutcome(sum(reports), notFinite, lost);
    }

    /** The members whose part in a shard an error names. */
    private List<ShardedSequence> concerned(DeferredException error, int shard) {
        return members.stream()
                .map(StepMember::sequence)
                .filter(sequence -> error.poisoned().contains(sequence.parts.get(shard)))
                .toList();
    }

    /** Parts of a step are done by one shard after another. */
    private StepReport sum(List<StepReport> reports) {
        var counts = new ArrayList<SequenceCounts>(batch);
        for (int member = 0; member < batch; member++) {
            int index = member;
            counts.add(reports.stream()
                    .map(report -> report.sequences().get(index))
                    .reduce(SequenceCounts.NONE, SequenceCounts::plus));
        }
        var nanos = new EnumMap<Part, Long>(Part.class);
        for (var report : reports) {
            for (var part : Part.values()) {
                report.nanos(part).ifPresent(own -> nanos.merge(part, own, Long::sum));
            }
        }
        return new CountedReport(
                counts,
                reports.stream().mapToLong(StepReport::recalledBytes).sum(),
                reports.stream().mapToLong(StepReport::backedUpBytes).sum(),
                nanos);
    }

    /** All shards take theirs back, whatever one of them raises. */
    @Override
    public void undo() {
        var poisoned = new ArrayList<Sequence>();
        BackupException failure = null;
        for (int shard = 0; shard < steps.size(); shard++) {
            try {
                steps.get(shard).close();
            } catch (BackupException e) {
                failure = e;
                concerned(e, shard).stream()
                        .filter(sequence -> !poisoned.contains(sequence))
                        .forEach(poisoned::add);
            }
        }
        raise(failure, poisoned);
    }

    private static void raise(@Nullable BackupException failure, List<Sequence> poisoned) {
        if (failure != null) {
            poisoned.forEach(sequence -> ((CacheSequence) sequence).poison());
            throw new BackupException(String.valueOf(failure.getMessage()), poisoned, failure);
        }
    }
}
