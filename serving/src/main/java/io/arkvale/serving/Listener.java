package io.arkvale.serving;

/**
 * Hears an answer come. Called on the engine's thread, which serves everybody: it hands over what it is told and returns at
 * once. What it throws cancels its request.
 */
public interface Listener {
    /**
     * More of the answer's text, in whole characters.
     *
     * @param more UTF-8; never empty
     */
    void text(byte[] more);

    /** The answer has ended; nothing is called after this. */
    void done(Answer answer);
}
