package io.arkvale.core.step;

import io.arkvale.api.Backend;
import io.arkvale.api.Batch;
import io.arkvale.api.Batch.Role;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.CallOrderException;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.ClosedException;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.PendingReport;
import io.arkvale.api.Step;
import io.arkvale.api.StepReport;
import io.arkvale.api.Tensor;
import io.arkvale.core.tensor.CacheTensor;
import io.arkvale.core.tensor.CacheTensors;
import io.arkvale.core.tensor.Guard;
import io.arkvale.spi.TensorMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step that checks the order of every call, its tensors and their values, and only then hands it to the backend's
 * {@link StepWork}. Every call holds the cache's guard, so that other threads may ask the backend for its memory.
 *
 * @param <M> the memory of the cache's tensors
 */
public final class CheckedStep<M extends TensorMemory> implements Step {
    /** What a step knows of its cache. */
    public interface Owner<M extends TensorMemory> {
        /** The cache's backend. */
        Backend backend();

        /** The cache's specification. */
        CacheSpec spec();

        /** The cache's tensors. */
        CacheTensors<M> tensors();

        /** Rows of calls that bring one per member. */
        List<MemberRows> oneEach(int members);

        /** Held during every call. */
        Guard guard();

        /** Called first by every call, with the guard held. */
        void enter();

        /** What a committed step belongs to. */
        CommittedStep.Owner committed();

        /**
         * The step is over.
         *
         * @param outcome what is left of it; null if it was not committed
         * @param kept tokens that each member keeps: none if it was not committed
         */
        void ended(CheckedStep<M> step, @Nullable CommittedStep outcome, int[] kept);
    }

    private final Owner<M> owner;
    private final Batch batch;
    private final List<? extends StepMember<?>> members;
    private final StepProtocol protocol;
    private final StepWork<M> work;
    private final boolean checksImmediately;
    private final List<MemberRows> oneEach;

    /** Rows that {@link #forward} reads. */
    private final List<MemberRows> allRows;

    /** Rows of queries that {@link #forward} reads. */
    private final List<MemberRows> queryRows;

    private final int[] tokens;
    private final StepRecording recording;

    /** What every call checks first; one object for all of them. */
    private final Runnable usable = this::requireUsable;

    private @Nullable CacheTensor<M> shownScores;
    private boolean over;
    private boolean failed;

    /**
     * A step that begins.
     *
     * @param members the members of the batch, in its order, until the step is over
     * @param checksImmediately whether a value that is not finite is an error at the call that brings it
     */
    public CheckedStep(
            Owner<M> owner,
            Batch batch,
            List<? extends StepMember<?>> members,
            StepWork<M> work,
            boolean checksImmediately) {
        this.owner = owner;
        this.batch = batch;
        this.members = members;
        this.work = work;
        this.checksImmediately = checksImmediately;
        tokens = batch.tokens();
        recording = new StepRecording(owner.backend(), batch);
        protocol = new StepProtocol(owner.spec().layers(), tokens, batch.hasRoles());
        oneEach = owner.oneEach(batch.size());
        allRows = batch.hasRoles() ? MemberRows.of(tokens) : List.of();
        queryRows = batch.hasRoles() ? queryRows(allRows, members) : List.of();
    }

    /** All rows of members that attend, and the last one that an ingested prompt ends with. */
    private static List<MemberRows> queryRows(List<MemberRows> all, List<? extends StepMember<?>> members) {
        var read = new ArrayList<MemberRows>(all.size());
        for (var rows : all) {
            switch (members.get(rows.member()).role()) {
                case LAST_INGEST -> read.add(rows.last());
                case INGEST -> {}
                default -> read.add(rows);
            }
        }
        return List.copyOf(read);
    }

    @Override
    public Batch batch() {
        return batch;
    }

    /** The members of the batch, in its order. */
    public List<? extends StepMember<?>> members() {
        return members;
    }

    /** Slots promised to the step and not yet taken. */
    public long unusedReservation() {
        return work.unusedReservation();
    }

    /** The backend's part. */
    public StepWork<M> work() {
        return work;
    }

    /** Tokens of a member that a layer has got in this step. */
    public int stored(int layer, int member) {
        return protocol.stored(layer)[member];
    }

    @Override
    public void forward(int layer, Tensor queries, Tensor keys, Tensor values, Tensor output) {
        try (var _ = enter()) {
            owner.backend().capabilities().require(Feature.MIXED_STEPS);
            protocol.requireForward(layer);
            int rows = batch.rows();
            var q = queries("queries", queries, rows);
            var k = keys("keys", keys, rows);
            var v = keys("values", values, rows);
            var o = queries("output", output, rows);
            checkKeys(k, v, allRows);
            checkQueries("queries", q, queryRows);
            beginWork();
            work.forward(layer, q, k, v, o);
            endWork();
            protocol.layerDone();
        }
    }

    @Override
    public void decode(int layer, Tensor queries, Tensor keys, Tensor values, Tensor output) {
        try (var _ = enter()) {
            protocol.requireAppend(layer);
            var q = queries("queries", queries, batch.size());
            var k = keys("keys", keys, batch.size());
            var v = keys("values", values, batch.size());
            var o = queries("output", output, batch.size());
            checkKeys(k, v, oneEach);
            checkQueries("queries", q, oneEach);
            beginWork();
            work.decode(layer, q, k, v, o, protocol.isPrefetched(layer));
            endWork();
            protocol.layerDone();
        }
    }

    @Override
    public void append(int layer, Tensor keys, Tensor values) {
        try (var _ = enter()) {
            protocol.requireAppend(layer);
            var k = keys("keys", keys, batch.size());
            var v = keys("values", values, batch.size());
            checkKeys(k, v, oneEach);
            beginWork();
            work.append(layer, k, v, protocol.isPrefetched(layer));
            endWork();
            protocol.appended();
        }
    }

    @Override
    public Tensor estimate(int layer, Tensor queries) {
        try (var _ = enter()) {
            protocol.requireEstimate(layer);
            var q = queries("queries", queries, batch.size());
            checkQueries("queries", q, oneEach);
            closeScores();
            beginWork();
            work.estimate(layer, q);
            endWork();
            protocol.estimated();
            var tensor = owner.tensors().show(work.scores(), offsets(layer)[batch.size()]);
            shownScores = tensor;
            return tensor;
        }
    }

    @Override
    public int[] scoreOffsets(int layer) {
        try (var _ = enter()) {
            protocol.requireIndex(layer);
            return offsets(layer);
        }
    }

    private int[] offsets(int layer) {
        return StepMember.scoreOffsets(members, layer);
    }

    @Override
    public void select(int layer) {
        try (var _ = enter()) {
            protocol.requireSelect(layer, false);
            beginWork();
            work.select(layer);
            endWork();
            protocol.selected();
        }
    }

    @Override
    public void select(int layer, Tensor scores) {
        try (var _ = enter()) {
            owner.backend().capabilities().require(Feature.OWN_SCORES);
            protocol.requireSelect(layer, true);
            var own = owner.tensors().requireScores("scores", scores, offsets(layer)[batch.size()]);
            beginWork();
            work.select(layer, own);
            endWork();
            protocol.selected();
        }
    }

    @Override
    public void recall(int layer) {
        try (var _ = enter()) {
            protocol.requireRecall(layer);
            beginWork();
            work.recall(layer);
            endWork();
            protocol.recalled();
        }
    }

    @Override
    public void attend(int layer, Tensor queries, Tensor output) {
        try (var _ = enter()) {
            protocol.requireAttend(layer);
            var q = queries("queries", queries, batch.size());
            var o = queries("output", output, batch.size());
            checkQueries("queries", q, oneEach);
            beginWork();
            work.attend(layer, q, o);
            endWork();
            protocol.layerDone();
        }
    }

    @Override
    public void prefill(int layer, int[] tokens, Tensor queries, Tensor keys, Tensor values, Tensor output) {
        try (var _ = enter()) {
            protocol.requireChunk(layer, tokens, true);
            int rows = Arrays.stream(tokens).sum();
            var q = queries("queries", queries, rows);
            var k = keys("keys", keys, rows);
            var v = keys("values", values, rows);
            var o = queries("output", output, rows);
            var chunk = MemberRows.of(tokens);
            checkKeys(k, v, chunk);
            checkQueries("queries", q, chunk);
            beginWork();
            work.prefill(layer, tokens, protocol.stored(layer), q, k, v, o);
            endWork();
            protocol.stored(tokens, true);
        }
    }

    @Override
    public void ingest(int layer, int[] tokens, Tensor keys, Tensor values) {
        try (var _ = enter()) {
            protocol.requireChunk(layer, tokens, false);
            int rows = Arrays.stream(tokens).sum();
            var k = keys("keys", keys, rows);
            var v = keys("values", values, rows);
            checkKeys(k, v, MemberRows.of(tokens));
            beginWork();
            work.ingest(layer, tokens, protocol.stored(layer), k, v);
            endWork();
            protocol.stored(tokens, false);
        }
    }

    @Override
    public void finishPrefill(int layer, Tensor lastQueries) {
        try (var _ = enter()) {
            protocol.requireFinishPrefill(layer);
            var q = queries("lastQueries", lastQueries, batch.size());
            checkQueries("lastQueries", q, oneEach);
            beginWork();
            work.finishPrefill(layer, q);
            endWork();
            protocol.layerDone();
        }
    }

    @Override
    public void prefetch(int layer, Tensor guessedQueries) {
        try (var _ = enter()) {
            owner.backend().capabilities().require(Feature.PREFETCH);
            protocol.requirePrefetch(layer);
            var q = queries("guessedQueries", guessedQueries, batch.size());
            checkQueries("guessedQueries", q, oneEach);
            beginWork();
            work.prefetch(layer, q);
            endWork();
            protocol.prefetched(layer);
        }
    }

    @Override
    public StepReport commit() {
        try (var _ = enter()) {
            protocol.requireCommit();
            return waitFor(finish(tokens));
        }
    }

    @Override
    public StepReport commit(int... kept) {
        try (var _ = enter()) {
            requireCommit(kept);
            return waitFor(finish(kept.clone()));
        }
    }

    @Override
    public PendingReport commitAsync() {
        try (var _ = enter()) {
            protocol.requireCommit();
            return finish(tokens);
        }
    }

    @Override
    public PendingReport commitAsync(int... kept) {
        try (var _ = enter()) {
            requireCommit(kept);
            return finish(kept.clone());
        }
    }

    private static StepReport waitFor(CommittedStep committed) {
        committed.settle();
        return committed.result();
    }

    private void requireCommit(int[] kept) {
        owner.backend().capabilities().require(Feature.TRUNCATION);
        protocol.requireCommit();
        requireKept(kept);
    }

    private void requireKept(int[] kept) {
        if (kept.length != batch.size()) {
            throw new InvalidArgumentException(
                    "commit names " + kept.length + " numbers of tokens; allowed: exactly the batch's " + batch.size());
        }
        for (int i = 0; i < members.size(); i++) {
            var member = members.get(i);
            int most = member.tokens();
            int least = member.role() == Role.DECODE ? 0 : most;
            int tokens = kept[member.index()];
            if (tokens < least || tokens > most) {
                throw new InvalidArgumentException("commit keeps " + tokens + " tokens of sequence " + member.index()
                        + ", whose role is " + member.role() + "; allowed: " + least + " to " + most);
            }
        }
    }

    private CommittedStep finish(int[] kept) {
        CommittedStep committed = null;
        try {
            committed = new CommittedStep(owner.committed(), batch, work.finish(kept), recording);
        } finally {
            end(committed, kept);
        }
        return committed;
    }

    @Override
    public void close() {
        try (var _ = owner.guard().hold()) {
            if (!over) {
                owner.enter();
                try {
                    work.undo();
                } finally {
                    end(null, new int[batch.size()]);
                }
            }
        }
    }

    /** Ends the step without taking anything back, because the cache closes and takes everything with it. */
    public void abandon() {
        over = true;
        closeScores();
    }

    private void end(@Nullable CommittedStep committed, int[] kept) {
        over = true;
        closeScores();
        owner.ended(this, committed, kept);
    }

    private void closeScores() {
        if (shownScores != null) {
            shownScores.close();
            shownScores = null;
        }
    }

    private Guard.Held enter() {
        return owner.guard().hold(usable);
    }

    private void requireUsable() {
        if (over) {
            throw new ClosedException("the step is over");
        }
        owner.enter();
        if (failed) {
            throw new CallOrderException("an earlier call of this step failed half-way; only close is left");
        }
    }

    /** The backend's part of a call begins. If it throws, nobody knows how much of it was done, so only undo is safe. */
    private void beginWork() {
        failed = true;
    }

    private void endWork() {
        failed = false;
    }

    private M queries(String name, Tensor tensor, int rows) {
        return owner.tensors().requireQueries(name, tensor, rows);
    }

    private M keys(String name, Tensor tensor, int rows) {
        return owner.tensors().requireKeys(name, tensor, rows);
    }

    private void checkKeys(M keys, M values, List<MemberRows> rows) {
        check("keys", keys, owner.spec().kvHeads(), rows);
        check("values", values, owner.spec().kvHeads(), rows);
    }

    private void checkQueries(String name, M queries, List<MemberRows> rows) {
        check(name, queries, owner.spec().queryHeads(), rows);
    }

    private void check(String name, M memory, int heads, List<MemberRows> rows) {
        if (!checksImmediately) {
            work.noteNotFinite(name, memory, heads, rows);
            return;
        }
        int member = work.firstNotFinite(memory, heads, rows);
        if (member >= 0) {
            throw new InvalidArgumentException(
                    name + " of sequence " + member + " of the batch hold NaN or infinity; allowed: finite values");
        }
    }
}
