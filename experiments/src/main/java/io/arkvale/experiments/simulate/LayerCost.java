package io.arkvale.experiments.simulate;

/**
 * What a policy does and keeps in one layer: the five steps of a decode step, and memory of one sequence in bytes.
 *
 * @param append beside the write of the new token, which every policy has
 * @param estimate reading what decides which tokens take part
 * @param select choosing them
 * @param recall bringing pages from the host; its bytes go over the host link
 * @param attention over the tokens that take part
 * @param held keys and values on the device
 * @param summaries digests and the like on the device
 * @param backups keys and values on the host
 */
record LayerCost(
        Work append,
        Work estimate,
        Work select,
        Work recall,
        Work attention,
        double held,
        double summaries,
        double backups) {
    /** A layer that keeps everything it attends to and decides nothing. */
    static LayerCost plain(Work attention, double held) {
        return new LayerCost(Work.NONE, Work.NONE, Work.NONE, Work.NONE, attention, held, 0, 0);
    }
}
