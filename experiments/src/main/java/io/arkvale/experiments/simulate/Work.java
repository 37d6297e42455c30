package io.arkvale.experiments.simulate;

/**
 * What one layer does in one part of a decode step.
 *
 * @param bytes moved for each sequence
 * @param arithmetic multiplications and additions for each sequence
 * @param launches operations issued once for the batch
 * @param sequenceLaunches operations issued for each sequence
 */
record Work(double bytes, double arithmetic, double launches, double sequenceLaunches) {
    static final Work NONE = new Work(0, 0, 0, 0);

    static Work of(double bytes, double arithmetic, double launches) {
        return new Work(bytes, arithmetic, launches, 0);
    }
}
