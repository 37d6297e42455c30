package io.arkvale.llama.attention;

/** Where a forward pass over one new token of each of several sequences gets its attention from. */
public interface DecodeAttention {

    /**
     * Begins a pass that grows each sequence by one token.
     *
     * @param positions where each sequence's token stands; its length before the pass
     */
    Pass decode(int[] positions);

    /**
     * One forward pass. Layers come in ascending order, each by one call of {@link #attend}. After the last layer
     * {@link #commit}, and in any case {@link #close}.
     */
    interface Pass extends AutoCloseable {

        /**
         * Stores each row's key and value in the row's sequence and attends from it. The calling thread is the pass's
         * own, and the arrays are valid during the call.
         *
         * @param output {@code [rows, queryHeads, headDim]}, to be written
         */
        void attend(int layer, DecodeRows rows, float[] output);

        /**
         * The distances, in layers, at which {@link #prefetch} wants guessed queries: each at least 1 and named once;
         * empty for none. The pass asks once.
         */
        default int[] prefetchDistances() {
            return new int[0];
        }

        /**
         * Queries of a later layer guessed from the present hidden state, with that layer's norm and weights (Lee et al.,
         * "InfiniGen", 2024, section 4.2). Called before {@link #attend} of the layer that is {@code distance} earlier.
         *
         * @param distance one of {@link #prefetchDistances}
         * @param queries {@code [rows, queryHeads, headDim]}, rotated
         */
        default void prefetch(int layer, int distance, float[] queries) {}

        /** The pass is complete: each sequence has its new token. */
        void commit();

        /** Without {@link #commit}: the sequences are what they were before the pass; after it, does nothing. */
        @Override
        void close();
    }
}
