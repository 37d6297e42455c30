package io.arkvale.experiments.trace;

import io.arkvale.llama.attention.AttentionShape;
import io.arkvale.llama.attention.DecodeAttention;
import io.arkvale.llama.attention.DecodeRows;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Remembers the queries, keys and values of the steps of one run, while its own attention does the work. */
public final class StepRecorder {
    private final AttentionShape shape;
    /** {@code [layers][steps · width]} each. */
    private final Map<TraceVectors, float[][]> rows = new EnumMap<>(TraceVectors.class);

    private int steps;

    public StepRecorder(AttentionShape shape, int mostSteps) {
        this.shape = shape;
        for (var vectors : TraceVectors.values()) {
            rows.put(vectors, new float[shape.layers()][Math.multiplyExact(mostSteps, vectors.width(shape))]);
        }
    }

    /** Stands between the model and a step's attention, whose row 0 is the run's. */
    public DecodeAttention.Pass watch(DecodeAttention.Pass pass) {
        return new Watched(pass);
    }

    /** Copies rows of steps from {@code first} on. */
    public void copy(TraceVectors vectors, int layer, int first, int count, float[] target, int offset) {
        var width = vectors.width(shape);
        System.arraycopy(of(vectors)[layer], first * width, target, offset, count * width);
    }

    private float[][] of(TraceVectors vectors) {
        return Objects.requireNonNull(rows.get(vectors));
    }

    private final class Watched implements DecodeAttention.Pass {
        private final DecodeAttention.Pass pass;

        Watched(DecodeAttention.Pass pass) {
            this.pass = pass;
        }

        @Override
        public void attend(int layer, DecodeRows step, float[] output) {
            note(TraceVectors.QUERIES, layer, step.queries());
            note(TraceVectors.RAW_QUERIES, layer, step.rawQueries());
            note(TraceVectors.KEYS, layer, step.keys());
            note(TraceVectors.VALUES, layer, step.values());
            pass.attend(layer, step, output);
        }

        private void note(TraceVectors vectors, int layer, float[] source) {
            var width = vectors.width(shape);
            System.arraycopy(source, 0, of(vectors)[layer], steps * width, width);
        }

        @Override
        public int[] prefetchDistances() {
            return pass.prefetchDistances();
        }

        @Override
        public void prefetch(int layer, int distance, float[] queries) {
            pass.prefetch(layer, distance, queries);
        }

        @Override
        public void commit() {
            pass.commit();
            steps++;
        }

        @Override
        public void close() {
            pass.close();
        }
    }
}
