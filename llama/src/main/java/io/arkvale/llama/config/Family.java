package io.arkvale.llama.config;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The model types that are read, with what transformers assumes of each where a key is missing.
 */
enum Family {
    LLAMA("llama", 2048, 0, 0, 1e-6, 10_000, false),
    MISTRAL("mistral", 131_072, 8, 0, 1e-6, 10_000, false),
    QWEN2("qwen2", 32_768, 32, 0, 1e-6, 10_000, false),
    QWEN3("qwen3", 32_768, 32, 128, 1e-6, 10_000, false),
    PHI3("phi3", 4096, 0, 0, 1e-5, 10_000, false),
    SMOLLM3("smollm3", 32_768, 4, 0, 1e-6, 2_000_000, true),
    GRANITE("granite", 2048, 0, 0, 1e-6, 10_000, false),
    OLMO2("olmo2", 2048, 0, 0, 1e-5, 10_000, false),
    GEMMA2("gemma2", 8192, 4, 256, 1e-6, 10_000, true),
    GEMMA3("gemma3_text", 131_072, 4, 256, 1e-6, 1_000_000, true);

    private final String modelType;
    private final int maxPositions;
    private final int kvHeads;
    private final int headDim;
    private final double epsilon;
    private final double ropeTheta;
    private final boolean tied;

    Family(
            String modelType,
            int maxPositions,
            int kvHeads,
            int headDim,
            double epsilon,
            double ropeTheta,
            boolean tied) {
        this.modelType = modelType;
        this.maxPositions = maxPositions;
        this.kvHeads = kvHeads;
        this.headDim = headDim;
        this.epsilon = epsilon;
        this.ropeTheta = ropeTheta;
        this.tied = tied;
    }

    static Optional<Family> of(String modelType) {
        return Arrays.stream(values())
                .filter(family -> family.modelType.equals(modelType))
                .findFirst();
    }

    /** All types, for a message. */
    static String names() {
        return Arrays.stream(values()).map(Family::modelType).collect(Collectors.joining(", "));
    }

    String modelType() {
        return modelType;
    }

    int maxPositions() {
        return maxPositions;
    }

    /** KV heads where the key is missing; as many as query heads if 0. */
    int kvHeads() {
        return kvHeads;
    }

    /** The head dimension where the key is missing; hidden size over query heads if 0. */
    int headDim() {
        return headDim;
    }

    double epsilon() {
        return epsilon;
    }

    double ropeTheta() {
        return ropeTheta;
    }

    boolean tied() {
        return tied;
    }

    boolean isGemma() {
        return this == GEMMA2 || this == GEMMA3;
    }
}
