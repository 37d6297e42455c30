package io.arkvale.experiments.drawing;

/** The ground that a drawing is made for. */
public enum Theme {
    /** Follows what the reader's system asks for; light in print. */
    AUTO,
    /** Light wherever it is shown. */
    LIGHT,
    /** Dark wherever it is shown. */
    DARK
}
