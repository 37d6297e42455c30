package io.arkvale.experiments.simulate.description;

import java.util.Map;

/**
 * A GPU as the cost model sees it. A fraction says how much of the rate before it real programs reach, from 0 to 1.
 *
 * @param name its name
 * @param memoryBandwidth of device memory, GB/s
 * @param memoryFraction of it, reached
 * @param compute dense matrix products of 16-bit elements, TFLOP/s
 * @param computeFraction of it, reached
 * @param hostLink from host memory to the device, GB/s
 * @param hostLinkFraction of it, reached
 * @param peerLink to another GPU, one direction, GB/s
 * @param peerLinkFraction of it, reached
 * @param launchCost what an operation issued by PyTorch costs beside its bytes, µs
 * @param graphLaunchCost the same of an operation of a captured graph, µs
 * @param memory device memory, GiB
 * @param sources where each of these comes from
 */
public record Gpu(
        String name,
        double memoryBandwidth,
        double memoryFraction,
        double compute,
        double computeFraction,
        double hostLink,
        double hostLinkFraction,
        double peerLink,
        double peerLinkFraction,
        double launchCost,
        double graphLaunchCost,
        double memory,
        Map<String, String> sources) {
    /** Copies the sources. */
    public Gpu {
        sources = Map.copyOf(sources);
    }

    static Gpu read(Description description) {
        return new Gpu(
                description.text("name"),
                description.positive("memoryBandwidth"),
                description.fraction("memoryFraction"),
                description.positive("compute"),
                description.fraction("computeFraction"),
                description.positive("hostLink"),
                description.fraction("hostLinkFraction"),
                description.positive("peerLink"),
                description.fraction("peerLinkFraction"),
                description.positive("launchCost"),
                description.positive("graphLaunchCost"),
                description.positive("memory"),
                description.sources());
    }

    /** The same GPU, of whose memory bandwidth programs reach another fraction. */
    public Gpu withMemoryFraction(double fraction) {
        return new Gpu(
                name,
                memoryBandwidth,
                fraction,
                compute,
                computeFraction,
                hostLink,
                hostLinkFraction,
                peerLink,
                peerLinkFraction,
                launchCost,
                graphLaunchCost,
                memory,
                sources);
    }

    /** Seconds to read or write bytes of device memory, or to compute, whichever takes longer. */
    public double busy(double bytes, double operations) {
        return Math.max(
                bytes / (memoryBandwidth * memoryFraction * 1e9), operations / (compute * computeFraction * 1e12));
    }

    /** Seconds to bring bytes from the host. */
    public double fetch(double bytes) {
        return bytes / (hostLink * hostLinkFraction * 1e9);
    }

    /** Seconds to send bytes to another GPU. */
    public double send(double bytes) {
        return bytes / (peerLink * peerLinkFraction * 1e9);
    }
}
