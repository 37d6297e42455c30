package io.arkvale.cpu.guide;

import io.arkvale.api.Backend;
import io.arkvale.api.Batch;
import io.arkvale.api.Batch.Role;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.ElementType;
import io.arkvale.api.KvCache;
import io.arkvale.api.PendingReport;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Step;
import io.arkvale.api.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * The engine of the guide: a stack of attention layers with random weights whose attention is a cache. A token is a vector of
 * {@link GuideModel#WIDTH} numbers; what the engine gives for it is the vector after all layers.
 */
final class GuideEngine implements AutoCloseable {
    private static final int PAGE_SIZE = 8;
    private static final int MOST_ROWS = 1024;

    private final GuideModel model;
    private final KvCache cache;
    private final Tensor queries;
    private final Tensor keys;
    private final Tensor values;
    private final Tensor output;

    GuideEngine(Backend backend, GuideModel model, SequenceSpec settings, int mostTokens, int sequences) {
        this.model = model;
        cache = backend.open(
                CacheSpec.builder(GuideModel.LAYERS, GuideModel.QUERY_HEADS, GuideModel.KV_HEADS, GuideModel.HEAD_DIM)
                        .pageSize(PAGE_SIZE)
                        .roomForOpenPrompts(settings, mostTokens, sequences)
                        .build());
        queries = cache.allocate(ElementType.F32, MOST_ROWS, GuideModel.QUERY_HEADS, GuideModel.HEAD_DIM);
        keys = cache.allocate(ElementType.F32, MOST_ROWS, GuideModel.KV_HEADS, GuideModel.HEAD_DIM);
        values = cache.allocate(ElementType.F32, MOST_ROWS, GuideModel.KV_HEADS, GuideModel.HEAD_DIM);
        output = cache.allocate(ElementType.F32, MOST_ROWS, GuideModel.QUERY_HEADS, GuideModel.HEAD_DIM);
    }

    static SequenceSpec settings(int budgetTokens) {
        return SequenceSpec.builder(PAGE_SIZE)
                .budgetTokens(budgetTokens)
                .denseLayers(1)
                .build();
    }

    KvCache cache() {
        return cache;
    }

    /** All layers of a step: rows are the tokens of its members, in batch order. */
    float[][] layers(Step step, float[][] rows) {
        var states = rows;
        for (int layer = 0; layer < GuideModel.LAYERS; layer++) {
            queries.copyFrom(0, rows.length, MemorySegment.ofArray(model.queries(layer, states)));
            keys.copyFrom(0, rows.length, MemorySegment.ofArray(model.keys(layer, states)));
            values.copyFrom(0, rows.length, MemorySegment.ofArray(model.values(layer, states)));
            step.forward(layer, queries, keys, values, output);
            var attended = new float[rows.length * GuideModel.WIDTH];
            output.copyTo(0, rows.length, MemorySegment.ofArray(attended));
            states = model.mix(layer, states, attended);
        }
        return states;
    }

    /** Takes a prompt in chunks; the last one ends it. */
    float[] prompt(Sequence sequence, float[][] tokens, int chunk) {
        float[] last = {};
        for (int from = 0; from < tokens.length; from += chunk) {
            int to = Math.min(tokens.length, from + chunk);
            var role = to == tokens.length ? Role.LAST_PROMPT : Role.PROMPT;
            try (var step =
                    cache.step(Batch.builder().add(sequence, to - from, role).build())) {
                last = layers(step, Arrays.copyOfRange(tokens, from, to))[to - from - 1];
                step.commit();
            }
        }
        return last;
    }

    /** One token of each sequence. */
    float[][] decode(List<Sequence> sequences, float[][] tokens) {
        var batch = Batch.builder();
        sequences.forEach(batch::decode);
        try (var step = cache.step(batch.build())) {
            var states = layers(step, tokens);
            step.commit();
            return states;
        }
    }

    /** The same, queued: a step whose layers are all queued is over, and the next one may open before its work is done. */
    PendingReport queue(List<Sequence> sequences, float[][] tokens) {
        var batch = Batch.builder();
        sequences.forEach(batch::decode);
        try (var step = cache.step(batch.build())) {
            layers(step, tokens);
            return step.commitAsync();
        }
    }

    /** One step for who decodes and who is still at its prompt. */
    float[][] mixed(List<Sequence> decoding, Sequence reading, float[][] decoded, float[][] chunk) {
        var batch = Batch.builder();
        decoding.forEach(batch::decode);
        batch.prompt(reading, chunk.length);
        try (var step = cache.step(batch.build())) {
            var states = layers(step, GuideModel.join(decoded, chunk));
            step.commit();
            return states;
        }
    }

    /** Verifies drafted tokens and keeps the first of them, as many as the model agrees with. */
    int verify(Sequence sequence, float[][] drafted) {
        try (var step =
                cache.step(Batch.builder().draft(sequence, drafted.length).build())) {
            var states = layers(step, drafted);
            int accepted = 1;
            while (accepted < drafted.length && model.agrees(states[accepted - 1], drafted[accepted])) {
                accepted++;
            }
            step.commit(accepted);
            return accepted;
        }
    }

    /** A new text that begins as another one does. */
    Sequence continuing(Sequence prefix, int length, SequenceSpec settings) {
        return cache.fork(prefix, length, settings);
    }

    @Override
    public void close() {
        cache.close();
    }
}
