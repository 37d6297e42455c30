package io.arkvale.tornado;

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
final class TornadoStep implements Step {
    private enum End {
        OPEN,
        COMMITTED,
        CLOSED
    }

    private final TornadoCache cache;
    private final Batch batch;
    private final StepProtocol protocol;
    private final StepWork work;
    private final ValueCheck check;
    private final StepEvent event = new StepEvent();
    private End end = End.OPEN;

    private TornadoStep(TornadoCache cache, Batch batch, List<Member> members, long reservedSlots) {
        this.cache = cache;
        this.batch = batch;
        protocol = new StepProtocol(cache.spec.layers(), batch.tokens());
        work = new StepWork(cache, members, reservedSlots);
        check = new ValueCheck(members, cache.immediateChecks);
        event.begin();
    }

    static TornadoStep open(TornadoCache cache, Batch batch) {
        var members = new ArrayList<Member>(batch.size());
        for (var entry : batch.entries()) {
            var sequence = cache.own(entry.sequence());
            CallChecks.growth(sequence.length, entry.tokens());
            members.add(new Member(sequence, members.size(), entry.tokens(), cache.spec.layers()));
        }
        var sequences = members.stream().map(member -> member.sequence).toList();
        long reserved = new Reservation(cache.spec, cache.store.slots)
                .reserve(cache.sequences(), sequences, batch.tokens(), cache.store.host.slots.available());
        for (var member : members) {
            member.sequence.length = member.lengthAfter();
        }
        return new TornadoStep(cache, batch, members, reserved);
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
        check.check("keys", k);
        check.check("values", v);
        check.check("queries", q);
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
        check.check("keys", k);
        check.check("values", v);
        work.append(layer, k, v);
        protocol.appended();
    }

    @Override
    public Tensor estimate(int layer, Tensor queries) {
        requireOpen();
        protocol.requireEstimate(layer);
        var q = cache.tensors.requireQueries("queries", queries, batch.size());
        check.check("queries", q);
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
        check.check("queries", q);
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
        check.check("keys", k, tokens);
        check.check("values", v, tokens);
        check.check("queries", q, tokens);
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
        check.check("keys", k, tokens);
        check.check("values", v, tokens);
        work.store(layer, tokens, k, v);
        protocol.stored(tokens, false);
    }

    @Override
    public void finishPrefill(int layer, Tensor lastQueries) {
        requireOpen();
        protocol.requireFinishPrefill(layer);
        var q = cache.tensors.requireQueries("lastQueries", lastQueries, batch.size());
        check.check("lastQueries", q);
        work.finishPrefill(layer, q);
        protocol.layerDone();
    }

    @Override
    public void prefetch(int layer, Tensor guessedQueries) {
        requireOpen();
        protocol.requirePrefetch(layer);
        var q = cache.tensors.requireQueries("guessedQueries", guessedQueries, batch.size());
        check.check("guessedQueries", q);
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
        check.raise();
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
