package io.arkvale.serving;

/** Why an answer ended. */
public enum Finish {
    /** The model ended it, or a text to stop at came. */
    STOP,
    /** It has as many tokens as were asked for. */
    LENGTH,
    /** The client gave it up. */
    CANCELLED,
    /** Its time was over. */
    TIME_LIMIT,
    /** Something went wrong in it; the answer says what. */
    FAILED
}
