package io.arkvale.experiments.cli.option;

import picocli.CommandLine.Option;

/** The seed of everything random; part of every result. */
public final class SeedOption {
    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed (default ${DEFAULT-VALUE}).")
    private long seed;

    public long value() {
        return seed;
    }
}
