package io.arkvale.llama.attention;

/**
 * Where a forward pass over consecutive tokens of one sequence gets its attention from. The model projects and rotates;
 * whoever implements this stores keys and values and attends.
 */
public interface PrefillAttention {

    /**
     * Begins a pass that grows the sequence.
     *
     * @param start tokens that the sequence has; the new ones take the positions from here on
     * @param tokens tokens that it grows by, at least 1
     */
    Pass prefill(int start, int tokens);

    /**
     * One forward pass. Layers come in ascending order; in each, {@link #attend} or {@link #store} for chunk after chunk,
     * then {@link #finishLayer}. After the last layer {@link #commit}, and in any case {@link #close}.
     */
    interface Pass extends AutoCloseable {

        /**
         * Stores a chunk's keys and values, and attends causally from each of its tokens to all before it and itself.
         * The arrays belong to the model and are valid during the call; the calling thread is the pass's own.
         *
         * @param start position of the chunk's first token
         * @param tokens tokens of the chunk
         * @param queries {@code [tokens, queryHeads, headDim]}, rotated
         * @param keys {@code [tokens, kvHeads, headDim]}, rotated
         * @param values {@code [tokens, kvHeads, headDim]}
         * @param output {@code [tokens, queryHeads, headDim]}, to be written
         */
        void attend(int layer, int start, int tokens, float[] queries, float[] keys, float[] values, float[] output);

        /**
         * The same for a chunk of which the model needs no output: those of the last layer, where a prompt's last token
         * alone is asked for its logits.
         */
        void store(int layer, int start, int tokens, float[] queries, float[] keys, float[] values);

        /**
         * Ends a layer.
         *
         * @param lastQueries {@code [queryHeads, headDim]}, rotated: those of the pass's last token
         */
        void finishLayer(int layer, float[] lastQueries);

        /** The pass is complete: the sequence has its new tokens. */
        void commit();

        /** Without {@link #commit}: the sequence is what it was before the pass; after it, does nothing. */
        @Override
        void close();
    }
}
