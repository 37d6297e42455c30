package io.arkvale.llama.forward;

/** Where the tokens of a pass stand. */
@FunctionalInterface
public interface Positions {

    /** The position of a row's token. */
    int of(int row);
}
