package io.arkvale.experiments.cli.option;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How many threads. */
public final class ThreadOptions {
    @Option(names = "--threads", paramLabel = "N", description = "Threads (default: one per processor).")
    private @Nullable Integer threads;

    /** Threads to work with. */
    public int threads() {
        if (threads == null) {
            return Runtime.getRuntime().availableProcessors();
        }
        Inputs.within(1, 256, "--threads", threads);
        return threads;
    }
}
