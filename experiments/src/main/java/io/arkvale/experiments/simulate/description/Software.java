package io.arkvale.experiments.simulate.description;

import java.util.Locale;

/** What runs the step, which decides what operations cost beside their bytes. */
public enum Software {
    /** Operations issued one by one from Python; the host looks at the pages to recall. The authors' code. */
    PYTORCH,
    /** A step captured whole: pages are summarised and recalled within its kernels. This project's backend {@code cuda}. */
    GRAPH;

    /** As options spell it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What an operation costs beside its bytes on a GPU, µs. */
    public double launchCost(Gpu gpu) {
        return this == PYTORCH ? gpu.launchCost() : gpu.graphLaunchCost();
    }

    /** Whether the host issues operations to recall and to summarise pages. */
    public boolean hostMovesPages() {
        return this == PYTORCH;
    }
}
