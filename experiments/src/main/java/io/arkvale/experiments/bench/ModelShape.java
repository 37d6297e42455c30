package io.arkvale.experiments.bench;

import io.arkvale.llama.config.LlamaConfig;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The shape of a known model, for timing with random weights.
 *
 * @param label the name on the command line
 * @param config the sizes; positions without end
 */
public record ModelShape(String label, LlamaConfig config) {
    private static final int POSITIONS = 1 << 20;
    private static final float EPSILON = 1e-5f;

    /** Meta's Llama 3 of 8 billion parameters; LongChat, as other Llamas of 7 billion; one small enough for any GPU. */
    private static final List<ModelShape> ALL = List.of(
            new ModelShape(
                    "llama-3-8b",
                    LlamaConfig.llama(4096, 14336, 32, 32, 8, 128, 128256, POSITIONS, EPSILON, 500_000, false)),
            new ModelShape(
                    "longchat-7b",
                    LlamaConfig.llama(4096, 11008, 32, 32, 32, 128, 32000, POSITIONS, EPSILON, 10_000, false)),
            new ModelShape("tiny", LlamaConfig.llama(256, 768, 4, 8, 2, 32, 1024, POSITIONS, EPSILON, 10_000, false)));

    /**
     * The shape of a name.
     *
     * @throws IllegalArgumentException naming the known ones
     */
    public static ModelShape of(String label) {
        return ALL.stream()
                .filter(shape -> shape.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--shape is " + label + "; allowed: "
                        + ALL.stream().map(ModelShape::label).collect(Collectors.joining(", "))));
    }
}
