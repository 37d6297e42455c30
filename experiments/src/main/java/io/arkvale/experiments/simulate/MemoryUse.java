package io.arkvale.experiments.simulate;

/**
 * Bytes that a batch needs, those of one GPU.
 *
 * @param weights the model
 * @param keysAndValues when they are most: while the last layer is prefilled, which then holds all of its tokens
 * @param summaries digests and the like
 * @param backups keys and values on the host
 */
public record MemoryUse(double weights, double keysAndValues, double summaries, double backups) {
    /** Bytes on the device that grow with the batch. */
    public double cache() {
        return keysAndValues + summaries;
    }
}
