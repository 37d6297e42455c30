package io.arkvale.experiments.policy;

import java.util.List;

/**
 * A policy at work in one layer of one sequence. First {@link #keep} says what stays of the context; then, at each
 * decode step, the engine adds the new token, attends, and calls {@link #decoded}, where tokens are evicted.
 */
public interface LayerPolicy {
    /**
     * The tokens that each KV head holds after the context, ascending; all others are evicted.
     *
     * @return one array per KV head
     */
    int[][] keep(ContextView context);

    /**
     * The tokens that take part at this step, ascending, one set per query head; asked only of a policy that declares
     * {@link Ability#CHOOSES}, before the new token attends. A token that is not on the device is brought back, for
     * which {@link Ability#RECALLS} must be declared. For all other policies everything held takes part.
     */
    default int[][] choose(ChoiceStep step) {
        throw new UnsupportedOperationException("a policy that declares the ability to choose must choose");
    }

    /**
     * What stands for tokens that do not take part; asked after {@link #choose} of a policy that declares
     * {@link Ability#ESTIMATES}.
     *
     * @param logSum logarithm of the sum of exponentials of the scaled scores of the tokens that take part
     */
    default List<Estimate> estimates(int queryHead, double logSum) {
        return List.of();
    }

    /**
     * Replaces a token's key and value by what they are after storing them in less memory; asked when a KV head takes in
     * a token, of a policy that declares {@link Ability#QUANTISES}. Of a policy that chooses it is asked for every token
     * of the context, and for each new one.
     */
    default void store(int kvHead, int token, float[] key, float[] value) {
        throw new UnsupportedOperationException("a policy that declares the ability to quantise must store");
    }

    /** Bytes of a stored key and value of so many elements each. */
    default double tokenBytes(int headDim) {
        return 2.0 * Float.BYTES * headDim;
    }

    /** Bytes that come back to the device with a token that was not on it: its key and value, unless it says less. */
    default double recalledBytes(int headDim) {
        return tokenBytes(headDim);
    }

    /**
     * Bytes that the policy keeps on the device in this layer beside keys and values, as they stand now: digests, second
     * copies, sums. The engine counts them apart from keys and values.
     */
    default long summaryBytes() {
        return 0;
    }

    /** Called after the new token has attended; evicts what is over the budget. */
    void decoded(DecodeStep step);

    /**
     * The distance at which the new token sees a held one; that of the text unless the policy declares
     * {@link Ability#POSITIONS}.
     *
     * @param token the held token's position in the text
     * @param position the new token's position in the text
     * @param held tokens held, the new one included
     */
    default int distance(int token, int position, int held) {
        return position - token;
    }
}
