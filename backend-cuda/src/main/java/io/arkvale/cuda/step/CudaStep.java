package io.arkvale.cuda.step;

import io.arkvale.api.Batch;
import io.arkvale.api.ClosedException;
import io.arkvale.api.ElementType;
import io.arkvale.api.Step;
import io.arkvale.api.StepReport;
import io.arkvale.api.Tensor;
import io.arkvale.api.support.StepRecording;
import io.arkvale.cuda.CallLock;
import io.arkvale.cuda.CudaCache;
import io.arkvale.cuda.CudaSequence;
import io.arkvale.cuda.CudaTensor;
import io.arkvale.cuda.step.StepOrder.State;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A step: checks order and tensors of each call, then hands it to {@link StepWork}. */
public final class CudaStep implements Step {
    private final CudaCache cache;
    private final Batch batch;
    private final List<Member> members;
    private final long reservedSlots;
    private final StepOrder order;
    private final StepWork work;
    private final StepRecording recording = new StepRecording();
    private @Nullable CudaTensor scores;
    private boolean over;

    public CudaStep(CudaCache cache, Batch batch, List<Member> members, long reservedSlots) {
        this.cache = cache;
        this.batch = batch;
        this.members = members;
        this.reservedSlots = reservedSlots;
        order = new StepOrder(cache.spec.layers(), batch.tokens());
        work = new StepWork(cache, members);
        work.begin();
    }

    @Override
    public Batch batch() {
        return batch;
    }

    @Override
    public void decode(int layer, Tensor queries, Tensor keys, Tensor values, Tensor output) {
        try (var _ = enter()) {
            order.requireDecode("decode", layer);
            var q = queries("queries", queries, batch.size());
            var k = keys("keys", keys, batch.size());
            var v = keys("values", values, batch.size());
            var o = queries("output", output, batch.size());
            work.decode(layer, q, k, v, o, order.isPrefetched(layer));
            order.endLayer();
        }
    }

    @Override
    public void append(int layer, Tensor keys, Tensor values) {
        try (var _ = enter()) {
            order.requireDecode("append", layer);
            var k = keys("keys", keys, batch.size());
            var v = keys("values", values, batch.size());
            work.append(layer, k, v, order.isPrefetched(layer));
            order.reach(State.APPEND);
        }
    }

    @Override
    public Tensor estimate(int layer, Tensor queries) {
        try (var _ = enter()) {
            order.requireEstimate(layer);
            var q = queries("queries", queries, batch.size());
            work.estimate(layer, q);
            order.reach(State.ESTIMATE);
            closeScores();
            int rows = work.scoreOffsets(layer)[batch.size()];
            var tensor = new CudaTensor(
                    cache,
                    ElementType.F32,
                    rows,
                    cache.spec.headGroups(),
                    1,
                    cache.stepMemory.shown().address(),
                    null);
            scores = tensor;
            return tensor;
        }
    }

    @Override
    public int[] scoreOffsets(int layer) {
        try (var _ = enter()) {
            order.requireIndex(layer);
            return work.scoreOffsets(layer);
        }
    }

    @Override
    public void select(int layer) {
        try (var _ = enter()) {
            order.requireSelect(layer, false);
            work.select(layer, cache.stepMemory.shown().scores());
            order.reach(State.SELECT);
        }
    }

    @Override
    public void select(int layer, Tensor scores) {
        try (var _ = enter()) {
            order.requireSelect(layer, true);
            int rows = work.scoreOffsets(layer)[batch.size()];
            var own = cache.tensor("scores", scores, ElementType.F32, rows, cache.spec.headGroups(), 1);
            work.select(layer, own.address());
            order.reach(State.SELECT);
        }
    }

    @Override
    public void recall(int layer) {
        try (var _ = enter()) {
            order.requireRecall(layer);
            work.recall(layer);
            order.reach(State.RECALL);
        }
    }

    @Override
    public void attend(int layer, Tensor queries, Tensor output) {
        try (var _ = enter()) {
            order.requireAttend(layer);
            var q = queries("queries", queries, batch.size());
            var o = queries("output", output, batch.size());
            work.attend(layer, q, o);
            order.endLayer();
        }
    }

    @Override
    public void prefill(int layer, int[] tokens, Tensor queries, Tensor keys, Tensor values, Tensor output) {
        try (var _ = enter()) {
            order.requireChunk(layer, tokens, State.PREFILL);
            int rows = Arrays.stream(tokens).sum();
            var q = queries("queries", queries, rows);
            var k = keys("keys", keys, rows);
            var v = keys("values", values, rows);
            var o = queries("output", output, rows);
            work.prefill(layer, tokens, stored(layer), q, k, v, o);
            order.addChunk(tokens, State.PREFILL);
        }
    }

    @Override
    public void ingest(int layer, int[] tokens, Tensor keys, Tensor values) {
        try (var _ = enter()) {
            order.requireChunk(layer, tokens, State.INGEST);
            int rows = Arrays.stream(tokens).sum();
            var k = keys("keys", keys, rows);
            var v = keys("values", values, rows);
            work.ingest(layer, tokens, stored(layer), k, v);
            order.addChunk(tokens, State.INGEST);
        }
    }

    @Override
    public void finishPrefill(int layer, Tensor lastQueries) {
        try (var _ = enter()) {
            order.requireFinishPrefill(layer);
            var q = queries("lastQueries", lastQueries, batch.size());
            work.finishPrefill(layer, q);
            order.endLayer();
        }
    }

    @Override
    public void prefetch(int layer, Tensor guessedQueries) {
        try (var _ = enter()) {
            order.requirePrefetch(layer);
            var q = queries("guessedQueries", guessedQueries, batch.size());
            work.prefetch(layer, q);
            order.addPrefetch(layer);
        }
    }

    @Override
    public StepReport commit() {
        try (var _ = enter()) {
            order.requireCommit();
            var counters = work.finish();
            end();
            var report = work.report(counters);
            recording.commit(cache.backend, batch, report);
            work.raise(counters, report);
            return report;
        }
    }

    @Override
    public void close() {
        try (var _ = cache.lock.begin()) {
            if (!over) {
                cache.enter();
                try {
                    work.undo();
                } finally {
                    end();
                }
            }
        }
    }

    /** The cache closes and takes everything with it. */
    public void abandon() {
        over = true;
        closeScores();
    }

    private void end() {
        over = true;
        closeScores();
        cache.stepEnded();
    }

    /** Tokens that a layer of a member's sequence holds so far. */
    public int tokens(Member member, int layer) {
        return member.lengthBefore + order.stored(layer, member.index);
    }

    /** The member of a sequence, if it takes part. */
    @Nullable
    public Member member(CudaSequence sequence) {
        for (var member : members) {
            if (member.sequence.equals(sequence)) {
                return member;
            }
        }
        return null;
    }

    /** Slots promised and not yet taken. */
    public long unusedReservation(long usedSlots) {
        long before = cache.pools.usedSlots(cache.staging, cache.stepMemory.booksBefore());
        return Math.max(0, reservedSlots - (usedSlots - before));
    }

    /** Backup slots taken for pages that have not been filled yet. */
    public long unusedBackups() {
        long unused = 0;
        for (var member : members) {
            for (int layer = 0; layer < cache.spec.layers(); layer++) {
                if (member.sequence.spec.isLimited(layer)) {
                    int filled = tokens(member, layer) / cache.spec.pageSize();
                    unused += (long) (member.filledAfter() - filled) * cache.spec.headGroups();
                }
            }
        }
        return unused;
    }

    private int[] stored(int layer) {
        var stored = new int[members.size()];
        Arrays.setAll(stored, member -> order.stored(layer, member));
        return stored;
    }

    private CallLock.Call enter() {
        var call = cache.lock.begin();
        try {
            if (over) {
                throw new ClosedException("the step is over");
            }
            cache.enter();
            return call;
        } catch (RuntimeException e) {
            call.close();
            throw e;
        }
    }

    private void closeScores() {
        var tensor = scores;
        if (tensor != null) {
            tensor.close();
            scores = null;
        }
    }

    private CudaTensor queries(String name, Tensor tensor, int rows) {
        var spec = cache.spec;
        return cache.tensor(name, tensor, spec.elementType(), rows, spec.queryHeads(), spec.headDim());
    }

    private CudaTensor keys(String name, Tensor tensor, int rows) {
        var spec = cache.spec;
        return cache.tensor(name, tensor, spec.elementType(), rows, spec.kvHeads(), spec.headDim());
    }
}
