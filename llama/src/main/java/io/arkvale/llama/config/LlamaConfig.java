package io.arkvale.llama.config;

import io.arkvale.llama.attention.AttentionShape;
import io.arkvale.llama.files.Json;
import io.arkvale.llama.files.ModelFormatException;
import io.arkvale.llama.rope.RopeScaling;
import io.arkvale.llama.rope.RopeSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/**
 * A decoder of the Llama kin, described: its sizes, and what its family has beside Llama. Everything that the forward
 * pass and the reading of weights decide, they decide by this.
 *
 * @param family the {@code model_type} of the file
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width of the feed-forward gate
 * @param queryHeads a multiple of {@code kvHeads}
 * @param maxPositions longest sequence that the model's file declares
 * @param ropes how each layer's heads are turned
 * @param window tokens of a sequence up to which every layer attends to all of them; beyond, some layer of this model
 *     attends to the last ones only, which is not supported
 * @param tiedEmbeddings whether the head's weights are those of the embedding
 * @param warnings what in the file contradicts itself and how it was resolved, a sentence each
 */
public record LlamaConfig(
        String family,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int queryHeads,
        int kvHeads,
        int headDim,
        int vocabulary,
        int maxPositions,
        Norms norms,
        Projections projections,
        Activation activation,
        Multipliers multipliers,
        List<RopeSettings> ropes,
        int window,
        boolean tiedEmbeddings,
        List<String> warnings)
        implements AttentionShape {

    /** The file's name in a model's directory. */
    public static final String FILE = "config.json";

    public LlamaConfig {
        ropes = List.copyOf(ropes);
        warnings = List.copyOf(warnings);
    }

    /** A plain Llama. */
    public static LlamaConfig llama(
            int hiddenSize,
            int intermediateSize,
            int layers,
            int queryHeads,
            int kvHeads,
            int headDim,
            int vocabulary,
            int maxPositions,
            float normEpsilon,
            double ropeTheta,
            boolean tiedEmbeddings) {
        return new LlamaConfig(
                "llama",
                hiddenSize,
                intermediateSize,
                layers,
                queryHeads,
                kvHeads,
                headDim,
                vocabulary,
                maxPositions,
                Norms.before(normEpsilon),
                Projections.PLAIN,
                Activation.SILU,
                Multipliers.NONE,
                Collections.nCopies(layers, new RopeSettings(headDim, ropeTheta, new RopeScaling.None())),
                Integer.MAX_VALUE,
                tiedEmbeddings,
                List.of());
    }

    /**
     * Reads {@code config.json} of a model's directory.
     *
     * @throws ModelFormatException if it is missing, wrong, or describes a model that is not supported
     */
    public static LlamaConfig read(Path directory) {
        var file = directory.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new ModelFormatException(file, "there is no such file, so " + directory + " is no model directory");
        }
        return Families.describe(new ConfigReader(file, Json.read(file)));
    }

    /** Numbers of all matrices. */
    public long parameters() {
        long attention = (long) hiddenSize * (2L * queryWidth() + 2L * kvWidth());
        long feedForward = 3L * hiddenSize * intermediateSize;
        long embeddings = (tiedEmbeddings ? 1L : 2L) * vocabulary * hiddenSize;
        return Math.addExact(Math.multiplyExact(layers, attention + feedForward), embeddings);
    }
}
