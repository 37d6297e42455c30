package io.arkvale.llama.weights;

import java.util.List;

/**
 * The parameters of a model.
 *
 * @param embedding {@code [vocabulary, hidden]}
 * @param finalNorm of width hidden
 * @param head {@code [vocabulary, hidden]}; the embedding itself when they are tied
 * @param inCaches whether they are small enough, and widened, for each thread to go through all of them for its own rows;
 *     else threads share the outputs of each product
 * @param warnings what in the files contradicts itself and how it was resolved, a sentence each
 * @param memory what the weights lie in, to be closed when they are no longer used
 */
public record ModelWeights(
        Matrix embedding,
        List<BlockWeights> blocks,
        RmsNorm finalNorm,
        Linear head,
        boolean inCaches,
        List<String> warnings,
        AutoCloseableMemory memory) {

    public ModelWeights {
        blocks = List.copyOf(blocks);
        warnings = List.copyOf(warnings);
    }

    /** Memory outside the heap, or none. */
    @FunctionalInterface
    public interface AutoCloseableMemory extends AutoCloseable {
        @Override
        void close();
    }
}
