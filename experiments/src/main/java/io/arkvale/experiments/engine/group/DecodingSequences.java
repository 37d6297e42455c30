package io.arkvale.experiments.engine.group;

import io.arkvale.api.Backend;
import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.CacheView;
import io.arkvale.api.KvCache;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Step;
import io.arkvale.api.StepReport;
import io.arkvale.api.Tensor;
import io.arkvale.experiments.engine.context.Context;
import io.arkvale.llama.attention.AttentionShape;
import io.arkvale.llama.attention.DecodeRows;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** All sequences of a cache, which decode together, and the tensors of their step. Owns the cache. */
final class DecodingSequences implements AutoCloseable {
    private final KvCache cache;
    private final CacheView view;
    private final AttentionShape shape;
    private final List<Sequence> sequences = new ArrayList<>();
    private final Tensor queries;
    private final Tensor keys;
    private final Tensor values;
    private final Tensor output;
    private @Nullable Step step;

    /** Opens the cache with an empty sequence of each of the settings. */
    DecodingSequences(Backend backend, CacheSpec spec, List<SequenceSpec> settings, AttentionShape shape) {
        this.shape = shape;
        cache = backend.open(spec);
        view = cache.view();
        try {
            settings.forEach(setting -> sequences.add(cache.begin(setting)));
            queries = cache.allocateQueries(settings.size());
            keys = cache.allocateKeys(settings.size());
            values = cache.allocateKeys(settings.size());
            output = cache.allocateQueries(settings.size());
        } catch (Throwable failure) {
            cache.close();
            throw failure;
        }
    }

    KvCache cache() {
        return cache;
    }

    /** The view of the cache, asked for once: each one has memory of its own. */
    CacheView view() {
        return view;
    }

    /** In the order of their settings. */
    List<Sequence> sequences() {
        return sequences;
    }

    /**
     * Hands a context over to every sequence.
     *
     * @param chunks tokens of each sequence's chunks, after which it evicts
     * @return of each sequence the most tokens of all layers and KV heads that were on the device
     */
    List<Long> ingest(Context context, List<Integer> chunks) {
        var resident = sequences.stream()
                .map(sequence -> new ResidentTokens(cache.spec(), view, sequence))
                .toList();
        var ofChunk = new LinkedHashMap<Integer, List<Integer>>();
        for (int i = 0; i < chunks.size(); i++) {
            ofChunk.computeIfAbsent(chunks.get(i), chunk -> new ArrayList<>()).add(i);
        }
        ofChunk.forEach((chunk, some) -> Handover.ingest(
                cache,
                some.stream().map(sequences::get).toList(),
                context,
                chunk,
                layer -> some.forEach(i -> resident.get(i).count(layer))));
        return resident.stream().map(ResidentTokens::most).toList();
    }

    /** Opens a step in which each sequence grows by a token. */
    void begin() {
        step = cache.step(Batch.decode(sequences));
    }

    /** Chooses and recalls the pages of a layer ahead. */
    void prefetch(int layer, float[] guessed, int firstRow) {
        step().prefetch(layer, copyQueries(guessed, firstRow));
    }

    /** Decodes a layer. */
    void decode(int layer, DecodeRows rows, int firstRow) {
        copyKeys(rows, firstRow);
        step().decode(layer, copyQueries(rows.queries(), firstRow), keys, values, output);
    }

    /**
     * Decodes a layer in five steps, its pages chosen by other queries.
     *
     * @param choosing {@code [sequences][queryHeads · headDim]}
     */
    void decode(int layer, DecodeRows rows, int firstRow, float[] choosing) {
        copyKeys(rows, firstRow);
        step().append(layer, keys, values);
        step().estimate(layer, copyQueries(choosing, 0));
        step().select(layer);
        step().recall(layer);
        step().attend(layer, copyQueries(rows.queries(), firstRow), output);
    }

    /** Copies the last decoded layer's output to rows of {@code target}. */
    void copyOutput(float[] target, int firstRow) {
        output.copyTo(0, sequences.size(), slice(target, firstRow * shape.queryWidth()));
    }

    /** Commits the step. */
    StepReport end() {
        try (var ending = step()) {
            return ending.commit();
        } finally {
            step = null;
        }
    }

    private Step step() {
        return Objects.requireNonNull(step, "no step is open");
    }

    private Tensor copyQueries(float[] rows, int firstRow) {
        queries.copyFrom(0, sequences.size(), slice(rows, firstRow * shape.queryWidth()));
        return queries;
    }

    private void copyKeys(DecodeRows rows, int firstRow) {
        keys.copyFrom(0, sequences.size(), slice(rows.keys(), firstRow * shape.kvWidth()));
        values.copyFrom(0, sequences.size(), slice(rows.values(), firstRow * shape.kvWidth()));
    }

    private static MemorySegment slice(float[] array, int offset) {
        return MemorySegment.ofArray(array).asSlice((long) offset * Float.BYTES);
    }

    @Override
    public void close() {
        cache.close();
    }
}
