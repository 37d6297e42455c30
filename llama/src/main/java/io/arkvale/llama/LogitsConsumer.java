package io.arkvale.llama;

/** Takes the logits of a prefill, position by position in ascending order. */
@FunctionalInterface
public interface LogitsConsumer {

    /**
     * Takes one position's.
     *
     * @param position of the token that was read
     * @param logits {@code vocabulary} numbers from {@code offset}, valid during the call
     */
    void accept(int position, float[] logits, int offset);
}
