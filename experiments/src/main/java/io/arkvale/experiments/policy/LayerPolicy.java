package io.arkvale.experiments.policy;

/**
 * A policy at work in one layer of one sequence. First {@link #keep} says what stays of the context; then, at each
 * decode step, the engine adds the new token, attends, and calls {@link #decoded}, where tokens are evicted.
 */
public interface LayerPolicy {
    /**
     * The tokens that each KV head holds after the context, ascending; all others are evicted.
     *
     * @return one array a KV head
     */
    int[][] keep(ContextView context);

    /**
     * The tokens that take part at this step, ascending, one set a query head; asked only of a policy that declares
     * {@link Ability#CHOOSES}, before the new token attends. A token that is not on the device is brought back, for which
     * {@link Ability#RECALLS} must be declared. For all other policies everything held takes part.
     */
    default int[][] choose(ChoiceStep step) {
        throw new UnsupportedOperationException("a policy that declares the ability to choose must choose");
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
