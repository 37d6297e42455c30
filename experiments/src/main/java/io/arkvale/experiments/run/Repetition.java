package io.arkvale.experiments.run;

import io.arkvale.experiments.engine.Machine;
import io.arkvale.experiments.engine.attention.HeldTokens;
import io.arkvale.experiments.engine.attention.Softmax;
import io.arkvale.experiments.engine.context.Context;
import io.arkvale.llama.attention.AttentionShape;
import io.arkvale.llama.attention.PrefillAttention;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The largest attention that each token of a context receives while the model reads the context a second time, chunk by
 * chunk (Kim et al., "KVzip", 2025, section 3.2 and algorithm 1). Each chunk comes after a request to repeat it; its
 * queries are scored against the first tokens, the chunk as the context has it, and what has come after the context.
 */
final class Repetition {
    /** Tokens of the context that are read again at once. */
    private static final int CHUNK = 2048;

    /** Last tokens of the chunk before, which the request names. */
    private static final int NAMED = 8;

    /** First tokens that every query sees, as in kvpress. */
    private static final int SINK = 4;

    private static final String FIRST_REQUEST = "\n\nRepeat the previous context exactly.";
    private static final String NEXT_REQUEST = "\n\nRepeat the part of the previous context exactly, starting with";

    /** Queries scored at once. */
    private static final int BLOCK = 64;

    private final AttentionShape shape;
    /** {@code [layers][kvHeads][tokens]}. */
    private final float[][][] largest;

    private Repetition(AttentionShape shape, int tokens) {
        this.shape = shape;
        largest = new float[shape.layers()][shape.kvHeads()][tokens];
    }

    /** Lets the lab's model read its context again; the context stays as it is. */
    static float[][][] of(Lab lab, Context context) {
        var scores = new Repetition(context.shape(), context.tokens());
        var all = IntStream.range(0, context.tokens()).map(context.token()).toArray();
        for (int from = 0; from < all.length; from += CHUNK) {
            var chunk = new Chunk(from, Math.min(all.length, from + CHUNK));
            var request = lab.tokens(from == 0 ? FIRST_REQUEST : NEXT_REQUEST);
            var named = Arrays.copyOfRange(all, Math.max(0, from - NAMED), from);
            var again = Arrays.copyOfRange(all, chunk.from(), chunk.to());
            var tokens = Stream.of(request, named, lab.tokens("\n"), again)
                    .flatMapToInt(Arrays::stream)
                    .toArray();
            lab.readOn(context, tokens, attention -> scores.new Watched(context, lab.machine(), chunk, attention));
        }
        return scores.largest;
    }

    /** Tokens of the context from one on and up to another, which does not belong to it. */
    private record Chunk(int from, int to) {}

    /** Scores the queries of one reading while another attention does the work. */
    private final class Watched implements PrefillAttention {
        private final Context context;
        private final Machine machine;
        private final Chunk chunk;
        private final PrefillAttention attention;

        Watched(Context context, Machine machine, Chunk chunk, PrefillAttention attention) {
            this.context = context;
            this.machine = machine;
            this.chunk = chunk;
            this.attention = attention;
        }

        @Override
        public Pass prefill(int start, int tokens) {
            var pass = attention.prefill(start, tokens);
            return new Pass() {
                @Override
                public void attend(
                        int layer, int from, int count, float[] queries, float[] keys, float[] values, float[] output) {
                    pass.attend(layer, from, count, queries, keys, values, output);
                    score(layer, from, count, queries);
                }

                @Override
                public void store(int layer, int from, int count, float[] queries, float[] keys, float[] values) {
                    pass.store(layer, from, count, queries, keys, values);
                    score(layer, from, count, queries);
                }

                @Override
                public void finishLayer(int layer, float[] lastQueries) {
                    // The context's last queries stay those of its last token.
                }

                @Override
                public void commit() {
                    // The sequence does not keep what is read again.
                }

                @Override
                public void close() {
                    pass.close();
                }
            };
        }

        /** Scores a part of the reading, whose keys the attention has just stored behind the context's. */
        private void score(int layer, int from, int count, float[] queries) {
            machine.pool().forEach(shape.kvHeads(), (head, worker) -> score(layer, head, from, count, queries));
        }

        private void score(int layer, int head, int from, int count, float[] queries) {
            var kernels = machine.kernels();
            var sink = Math.min(SINK, chunk.from());
            var inChunk = chunk.to() - chunk.from();
            var before = sink + inChunk + from - context.tokens();
            var seen = new HeldTokens(kernels.matrix(), shape.headDim(), from + count);
            var known = context.keyValues(layer, head);
            seen.addAll(known, IntStream.range(0, sink).toArray(), 0, HeldTokens.Storing.AS_IT_IS);
            seen.addAll(known, IntStream.range(chunk.from(), chunk.to()).toArray(), 0, HeldTokens.Storing.AS_IT_IS);
            seen.addAll(
                    known, IntStream.range(context.tokens(), from + count).toArray(), 0, HeldTokens.Storing.AS_IT_IS);
            var stride = seen.capacity();
            var rows = new float[BLOCK * shape.headDim()];
            var scores = new float[BLOCK * stride + kernels.matrix().panel()];
            var softmax = new Softmax(kernels);
            var factor = (float) (1 / Math.sqrt(shape.headDim()));
            var own = largest[layer][head];
            for (int i = 0; i < shape.queryHeadsPerKvHead(); i++) {
                var queryAt = (head * shape.queryHeadsPerKvHead() + i) * shape.headDim();
                for (int first = 0; first < count; first += BLOCK) {
                    var block = Math.min(BLOCK, count - first);
                    for (int row = 0; row < block; row++) {
                        for (int element = 0; element < shape.headDim(); element++) {
                            rows[row * shape.headDim() + element] =
                                    factor * queries[(first + row) * shape.queryWidth() + queryAt + element];
                        }
                    }
                    var visible = before + first + block;
                    seen.scores(kernels.matrix(), block, rows, visible, scores, 0, stride);
                    for (int row = 0; row < block; row++) {
                        softmax.apply(scores, row * stride, before + first + row + 1);
                        for (int token = 0; token < inChunk; token++) {
                            own[chunk.from() + token] =
                                    Math.max(own[chunk.from() + token], scores[row * stride + sink + token]);
                        }
                    }
                }
            }
        }
    }
}
