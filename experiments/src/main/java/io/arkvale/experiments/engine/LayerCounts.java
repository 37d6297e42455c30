package io.arkvale.experiments.engine;

/** What one limited layer of one run has used, its KV heads together, counted the same way for every policy. */
final class LayerCounts {
    private long held;
    private long heldSteps;
    private double attended;
    private long read;
    private long scoringBytes;
    private long recalled;

    /**
     * Counts the attention of one KV head at one step.
     *
     * @param mean tokens attended to, mean over its query heads
     * @param distinct tokens read, each once however many query heads attend to it
     */
    void attend(double mean, long distinct) {
        attended += mean;
        read += distinct;
    }

    /** Counts bytes read to decide what takes part. */
    void score(long bytes) {
        scoringBytes += bytes;
    }

    /** Counts tokens brought back to the device. */
    void recall(long tokens) {
        recalled += tokens;
    }

    /** Ends a step at which so many tokens are on the device. */
    void end(long tokens) {
        held = tokens;
        heldSteps += tokens;
    }

    /** Tokens on the device now. */
    long held() {
        return held;
    }

    /** Sum over all steps of the tokens on the device. */
    long heldSteps() {
        return heldSteps;
    }

    double attended() {
        return attended;
    }

    long read() {
        return read;
    }

    long scoringBytes() {
        return scoringBytes;
    }

    long recalled() {
        return recalled;
    }
}
