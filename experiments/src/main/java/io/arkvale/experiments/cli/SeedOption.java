package io.arkvale.experiments.cli;

import picocli.CommandLine.Option;

/** The seed of everything random; part of every result. */
final class SeedOption {
    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed (default ${DEFAULT-VALUE}).")
    private long seed;

    long value() {
        return seed;
    }
}
