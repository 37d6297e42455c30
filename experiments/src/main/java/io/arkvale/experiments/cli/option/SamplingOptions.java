package io.arkvale.experiments.cli.option;

import io.arkvale.experiments.UserException;
import io.arkvale.llama.generation.Sampler;
import picocli.CommandLine.Option;

/** How tokens are chosen. */
public final class SamplingOptions {
    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "0",
            description = "0 takes the likeliest token; above it, tokens are drawn by their probability (default"
                    + " ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(
            names = "--top-k",
            paramLabel = "N",
            defaultValue = "0",
            description = "Draw among the N likeliest tokens; 0 is all of them (default ${DEFAULT-VALUE}).")
    private int topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            defaultValue = "1",
            description = "Draw among the fewest tokens whose probabilities reach P (default ${DEFAULT-VALUE}).")
    private double topP;

    /** Chooses as the options say. */
    public Sampler sampler(long seed) {
        try {
            return new Sampler(temperature, topK, topP, seed);
        } catch (IllegalArgumentException e) {
            throw new UserException("--" + e.getMessage(), e);
        }
    }
}
