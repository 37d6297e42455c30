package io.arkvale.experiments.engine.layer;

/** What one limited layer of one run has used, its KV heads together, counted the same way for every policy. */
public final class LayerCounts {
    private long held;
    private long heldSteps;
    private double attended;
    private long read;
    private long probabilityBytes;
    private long scoringBytes;
    private long recalled;

    /**
     * Counts the attention of one KV head at one step.
     *
     * @param mean tokens attended to, mean over its query heads
     * @param distinct tokens read, each once however many query heads attend to it
     */
    public void attend(double mean, long distinct) {
        attended += mean;
        read += distinct;
    }

    /** Counts probabilities that attention has to write down, and read again, since the policy asks for them. */
    public void probabilities(long bytes) {
        probabilityBytes += bytes;
    }

    /** Counts bytes read to decide what takes part or is evicted. */
    public void score(long bytes) {
        scoringBytes += bytes;
    }

    /** Counts tokens brought back to the device. */
    public void recall(long tokens) {
        recalled += tokens;
    }

    /** Begins with so many tokens on the device. */
    public void begin(long tokens) {
        held = tokens;
    }

    /** Ends a step at which so many tokens are on the device. */
    public void end(long tokens) {
        held = tokens;
        heldSteps += tokens;
    }

    /** Tokens on the device now. */
    public long held() {
        return held;
    }

    /** Sum over all steps of the tokens on the device. */
    public long heldSteps() {
        return heldSteps;
    }

    public double attended() {
        return attended;
    }

    public long read() {
        return read;
    }

    public long probabilityBytes() {
        return probabilityBytes;
    }

    public long scoringBytes() {
        return scoringBytes;
    }

    public long recalled() {
        return recalled;
    }
}
