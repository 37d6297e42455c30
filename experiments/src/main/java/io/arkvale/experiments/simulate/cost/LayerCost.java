package io.arkvale.experiments.simulate.cost;

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
public record LayerCost(
        KernelWork append,
        KernelWork estimate,
        KernelWork select,
        KernelWork recall,
        KernelWork attention,
        double held,
        double summaries,
        double backups) {
    /** A layer that keeps everything it attends to and decides nothing. */
    static LayerCost plain(KernelWork attention, double held) {
        return new LayerCost(KernelWork.NONE, KernelWork.NONE, KernelWork.NONE, KernelWork.NONE, attention, held, 0, 0);
    }
}
