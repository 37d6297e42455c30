package io.arkvale.api.support;

import io.arkvale.api.Backend;
import io.arkvale.api.Batch;
import io.arkvale.api.ClosedException;
import io.arkvale.api.Step;
import io.arkvale.api.StepReport;
import io.arkvale.api.Tensor;
import java.util.Arrays;

/**
 * A step that checks the order of every call, its tensors and their values, and only then hands it to the backend's
 * {@link Work}. Sequences are those of the batch, in its order.
 */
public final class CheckedStep implements Step {
    /** What a backend does in the calls of a step, which are known to be legal. Shapes are those of {@link Step}. */
    public interface Work {
        /** Step (a): one token a sequence. */
        void append(int layer, HostTensor keys, HostTensor values);

        /** Step (b): scores the filled pages of every sequence that is over its budget. */
        void estimate(int layer, HostTensor queries);

        /** The scores of the layer last estimated, valid until they are asked for again. */
        Tensor scoresTensor(int layer);

        /** Where each sequence's rows begin in the scores of a layer; see {@link Step#scoreOffsets}. */
        int[] scoreOffsets(int layer);

        /** Takes the caller's scores in place of its own. */
        void takeScores(int layer, HostTensor scores);

        /** Step (c) with the scores it has. */
        void select(int layer);

        /** Step (d). */
        void recall(int layer);

        /** Step (e). The layer may have been prefetched. */
        void attend(int layer, HostTensor queries, HostTensor output);

        /** Stores a chunk of {@code tokens} tokens of each sequence. */
        void store(int layer, int[] tokens, HostTensor keys, HostTensor values);

        /** Attends from the chunk stored last. */
        void attendPrefill(int layer, int[] tokens, HostTensor queries, HostTensor output);

        /** Evicts down to the budget, by the scores of the last queries. */
        void finishPrefill(int layer, HostTensor lastQueries);

        /** Selects and recalls for a later layer, on its pages as they will be after its append. */
        void prefetch(int layer, HostTensor guessedQueries);

        /** Slots promised to the step and not yet taken. */
        long unusedReservation();

        /** Takes back everything. */
        void undo();

        /** Frees what the step holds beside the pages; called once, at the very end. */
        void end();

        /** What the step did. */
        StepReport report();
    }

    private enum End {
        OPEN,
        COMMITTED,
        CLOSED
    }

    private final Backend backend;
    private final HostTensors tensors;
    private final Batch batch;
    private final StepProtocol protocol;
    private final Work work;
    private final ValueCheck<?> check;
    private final Runnable ended;
    private final StepRecording recording = new StepRecording();
    private End end = End.OPEN;

    /**
     * A step that begins.
     *
     * @param layers layers of the cache
     * @param ended tells the cache that the step is over
     */
    public CheckedStep(
            Backend backend,
            int layers,
            HostTensors tensors,
            Batch batch,
            Work work,
            ValueCheck<?> check,
            Runnable ended) {
        this.backend = backend;
        this.tensors = tensors;
        this.batch = batch;
        this.work = work;
        this.check = check;
        this.ended = ended;
        protocol = new StepProtocol(layers, batch.tokens());
    }

    @Override
    public Batch batch() {
        return batch;
    }

    /** Slots promised to the step and not yet taken. */
    public long unusedReservation() {
        return work.unusedReservation();
    }

    @Override
    public void decode(int layer, Tensor queries, Tensor keys, Tensor values, Tensor output) {
        requireOpen();
        protocol.requireAppend(layer);
        var q = tensors.requireQueries("queries", queries, batch.size());
        var k = tensors.requireKeys("keys", keys, batch.size());
        var v = tensors.requireKeys("values", values, batch.size());
        var o = tensors.requireQueries("output", output, batch.size());
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
        var k = tensors.requireKeys("keys", keys, batch.size());
        var v = tensors.requireKeys("values", values, batch.size());
        check.check("keys", k);
        check.check("values", v);
        work.append(layer, k, v);
        protocol.appended();
    }

    @Override
    public Tensor estimate(int layer, Tensor queries) {
        requireOpen();
        protocol.requireEstimate(layer);
        var q = tensors.requireQueries("queries", queries, batch.size());
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
        var own = tensors.requireScores("scores", scores, rows);
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
        var q = tensors.requireQueries("queries", queries, batch.size());
        var o = tensors.requireQueries("output", output, batch.size());
        check.check("queries", q);
        work.attend(layer, q, o);
        protocol.layerDone();
    }

    @Override
    public void prefill(int layer, int[] tokens, Tensor queries, Tensor keys, Tensor values, Tensor output) {
        requireOpen();
        protocol.requireChunk(layer, tokens, true);
        int rows = Arrays.stream(tokens).sum();
        var q = tensors.requireQueries("queries", queries, rows);
        var k = tensors.requireKeys("keys", keys, rows);
        var v = tensors.requireKeys("values", values, rows);
        var o = tensors.requireQueries("output", output, rows);
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
        int rows = Arrays.stream(tokens).sum();
        var k = tensors.requireKeys("keys", keys, rows);
        var v = tensors.requireKeys("values", values, rows);
        check.check("keys", k, tokens);
        check.check("values", v, tokens);
        work.store(layer, tokens, k, v);
        protocol.stored(tokens, false);
    }

    @Override
    public void finishPrefill(int layer, Tensor lastQueries) {
        requireOpen();
        protocol.requireFinishPrefill(layer);
        var q = tensors.requireQueries("lastQueries", lastQueries, batch.size());
        check.check("lastQueries", q);
        work.finishPrefill(layer, q);
        protocol.layerDone();
    }

    @Override
    public void prefetch(int layer, Tensor guessedQueries) {
        requireOpen();
        protocol.requirePrefetch(layer);
        var q = tensors.requireQueries("guessedQueries", guessedQueries, batch.size());
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
        ended.run();
        check.raise();
        var report = work.report();
        recording.commit(backend, batch, report);
        return report;
    }

    @Override
    public void close() {
        if (end == End.OPEN) {
            end = End.CLOSED;
            work.undo();
            work.end();
            ended.run();
        }
    }

    /** Ends the step without taking anything back, because the cache closes and takes everything with it. */
    public void abandon() {
        end = End.CLOSED;
        work.end();
    }

    private void requireOpen() {
        if (end != End.OPEN) {
            throw new ClosedException("the step is over");
        }
    }
}
