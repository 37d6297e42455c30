package io.arkvale.cpu;

import io.arkvale.api.Batch;
import io.arkvale.api.ClosedException;
import io.arkvale.api.Step;
import io.arkvale.api.StepEvent;
import io.arkvale.api.StepReport;
import io.arkvale.api.Tensor;
import io.arkvale.api.support.CallChecks;
import io.arkvale.api.support.Reservation;
import io.arkvale.api.support.StepProtocol;
import java.util.ArrayList;
import java.util.List;

/** A step: checks every call against the protocol and its tensors, then hands the work to {@link StepWork}. */
final class CpuStep implements Step {
    private enum End {
        OPEN,
        COMMITTED,
        CLOSED
    }

    private final CpuCache cache;
    private final Batch batch;
    private final StepProtocol protocol;
    private final StepWork work;
    private final StepEvent event = new StepEvent();
    private End end = End.OPEN;

    private CpuStep(CpuCache cache, Batch batch, List<StepMember> members, long reservedSlots) {
        this.cache = cache;
        this.batch = batch;
        protocol = new StepProtocol(cache.spec.layers(), batch.tokens());
        work = new StepWork(cache, members, reservedSlots);
        event.begin();
    }

    static CpuStep open(CpuCache cache, Batch batch) {
        var members = new ArrayList<StepMember>(batch.size());
        for (var entry : batch.entries()) {
            var sequence = cache.own(entry.sequence());
            CallChecks.growth(sequence.length, entry.tokens());
            members.add(new StepMember(sequence, members.size(), entry.tokens(), cache.spec.layers()));
        }
        var sequences = members.stream().map(member -> member.sequence).toList();
        long reserved = new Reservation(cache.spec, cache.store.slots.blocks)
                .reserve(cache.sequences(), sequences, batch.tokens(), cache.store.backups.available());
        for (var member : members) {
            member.sequence.length = member.lengthAfter();
        }
        return new CpuStep(cache, batch, members, reserved);
    }

    @Override
    public Batch batch() {
        return batch;
    }

    long unusedReservation() {
        return work.unusedReservation();
    }

    @Override
    public void decode(int layer, Tensor queries, Tensor keys, Tensor values, Tensor output) {
        requireOpen();
        protocol.requireAppend(layer);
        var q = cache.tensors.requireQueries("queries", queries, batch.size());
        var k = cache.tensors.requireKeys("keys", keys, batch.size());
        var v = cache.tensors.requireKeys("values", values, batch.size());
        var o = cache.tensors.requireQueries("output", output, batch.size());
        work.checkFinite("keys", k);
        work.checkFinite("values", v);
        work.checkFinite("queries", q);
        work.append(layer, k, v);
        if (!protocol.isPrefetched(layer)) {
            work.estimate(layer, q);
            work.select(layer);
            work.recall(layer);
        }
        work.attend(layer, q, o);
        protocol.layerDone();
    }

    @Override
    public void append(int layer, Tensor keys, Tensor values) {
        requireOpen();
        protocol.requireAppend(layer);
        var k = cache.tensors.requireKeys("keys", keys, batch.size());
        var v = cache.tensors.requireKeys("values", values, batch.size());
        work.checkFinite("keys", k);
        work.checkFinite("values", v);
        work.append(layer, k, v);
        protocol.appended();
    }

    @Override
    public Tensor estimate(int layer, Tensor queries) {
        requireOpen();
        protocol.requireEstimate(layer);
        var q = cache.tensors.requireQueries("queries", queries, batch.size());
        work.checkFinite("queries", q);
        work.estimate(layer, q);
        protocol.estimated();
        return work.scoresTensor(layer);
    }

    @Override
    public int[] scoreOffsets(int layer) {
        requireOpen();
        protocol.requireIndex(layer);
        return work.scoreOffsets(layer);
    }

    @Override
    public void select(int layer) {
        requireOpen();
        protocol.requireSelect(layer, false);
        work.select(layer);
        protocol.selected();
    }

    @Override
    public void select(int layer, Tensor scores) {
        requireOpen();
        protocol.requireSelect(layer, true);
        int rows = work.scoreOffsets(layer)[batch.size()];
        var own = cache.tensors.requireScores("scores", scores, rows);
        work.takeScores(layer, own);
        work.select(layer);
        protocol.selected();
    }

    @Override
    public void recall(int layer) {
        requireOpen();
        protocol.requireRecall(layer);
        work.recall(layer);
        protocol.recalled();
    }

    @Override
    public void attend(int layer, Tensor queries, Tensor output) {
        requireOpen();
        protocol.requireAttend(layer);
        var q = cache.tensors.requireQueries("queries", queries, batch.size());
        var o = cache.tensors.requireQueries("output", output, batch.size());
        work.checkFinite("queries", q);
        work.attend(layer, q, o);
        protocol.layerDone();
    }

    @Override
    public void prefill(int layer, int[] tokens, Tensor queries, Tensor keys, Tensor values, Tensor output) {
        requireOpen();
        protocol.requireChunk(layer, tokens, true);
        int rows = sum(tokens);
        var q = cache.tensors.requireQueries("queries", queries, rows);
        var k = cache.tensors.requireKeys("keys", keys, rows);
        var v = cache.tensors.requireKeys("values", values, rows);
        var o = cache.tensors.requireQueries("output", output, rows);
        work.checkFinite("keys", k, tokens);
        work.checkFinite("values", v, tokens);
        work.checkFinite("queries", q, tokens);
        work.store(layer, tokens, k, v);
        work.attendPrefill(layer, tokens, q, o);
        protocol.stored(tokens, true);
    }

    @Override
    public void ingest(int layer, int[] tokens, Tensor keys, Tensor values) {
        requireOpen();
        protocol.requireChunk(layer, tokens, false);
        int rows = sum(tokens);
        var k = cache.tensors.requireKeys("keys", keys, rows);
        var v = cache.tensors.requireKeys("values", values, rows);
        work.checkFinite("keys", k, tokens);
        work.checkFinite("values", v, tokens);
        work.store(layer, tokens, k, v);
        protocol.stored(tokens, false);
    }

    @Override
    public void finishPrefill(int layer, Tensor lastQueries) {
        requireOpen();
        protocol.requireFinishPrefill(layer);
        var q = cache.tensors.requireQueries("lastQueries", lastQueries, batch.size());
        work.checkFinite("lastQueries", q);
        work.finishPrefill(layer, q);
        protocol.layerDone();
    }

    @Override
    public void prefetch(int layer, Tensor guessedQueries) {
        requireOpen();
        protocol.requirePrefetch(layer);
        var q = cache.tensors.requireQueries("guessedQueries", guessedQueries, batch.size());
        work.checkFinite("guessedQueries", q);
        work.prefetch(layer, q);
        protocol.prefetched(layer);
    }

    @Override
    public StepReport commit() {
        requireOpen();
        protocol.requireCommit();
        end = End.COMMITTED;
        work.end();
        cache.stepEnded();
        work.poison();
        var report = work.report();
        event.commit(cache.backend, batch, report);
        return report;
    }

    @Override
    public void close() {
        if (end == End.OPEN) {
            end = End.CLOSED;
            work.undo();
            work.end();
            cache.stepEnded();
        }
    }

    /** The cache closes and takes everything with it. */
    void abandon() {
        end = End.CLOSED;
        work.end();
    }

    private void requireOpen() {
        if (end != End.OPEN) {
            throw new ClosedException("the step is over");
        }
    }

    private static int sum(int[] counts) {
        int sum = 0;
        for (int count : counts) {
            sum += count;
        }
        return sum;
    }
}
