package io.arkvale.experiments.engine;

import io.arkvale.llama.DecodeRows;

/** One limited layer of one run: owns the tokens, attends for the policy, and counts. */
interface LayerRun {
    /** Adds the new token of a row, attends, and lets the policy evict. */
    void attend(int row, DecodeRows rows, float[] output);

    /** Tokens on the device, of all KV heads together. */
    long heldTokens();

    /** Tokens attended to so far, of all KV heads together; where query heads differ, their mean. */
    double attendedTokens();

    /** Tokens brought back to the device so far, of all KV heads together. */
    long recalledTokens();
}
