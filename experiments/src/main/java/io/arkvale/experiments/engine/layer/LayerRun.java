package io.arkvale.experiments.engine.layer;

import io.arkvale.llama.attention.DecodeRows;

/** One limited layer of one run: owns the tokens, attends for the policy, and counts. */
public interface LayerRun {
    /**
     * Adds the new token of a row, attends, and lets the policy evict.
     *
     * @param text the new token's bytes
     */
    void attend(int row, DecodeRows rows, byte[] text, float[] output);

    /** The tokens that a query head attended to in the last step, in no particular order; not to be changed. */
    int[] attended(int queryHead);

    /** The tokens that a KV head holds on the device, in no particular order. */
    int[] held(int kvHead);

    /** What it has used so far. */
    LayerCounts counts();

    /** Bytes that a token of a KV head takes on the device, key and value. */
    double tokenBytes();

    /** Bytes that come back to the device with a recalled token. */
    double recalledTokenBytes();

    /** Bytes on the device beside keys and values. */
    long summaryBytes();
}
