package io.arkvale.experiments.simulate.cost;

/**
 * What one layer does in one part of a decode step.
 *
 * @param bytes moved for each sequence
 * @param arithmetic multiplications and additions for each sequence
 * @param launches operations issued once for the batch
 * @param sequenceLaunches operations issued for each sequence
 */
public record KernelWork(double bytes, double arithmetic, double launches, double sequenceLaunches) {
    static final KernelWork NONE = new KernelWork(0, 0, 0, 0);

    static KernelWork of(double bytes, double arithmetic, double launches) {
        return new KernelWork(bytes, arithmetic, launches, 0);
    }
}
