package io.arkvale.llama.weights;

import io.arkvale.kernels.row.RowKernels;
import io.arkvale.llama.config.LlamaConfig;
import io.arkvale.llama.config.Norms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Weights that mean nothing, for timing a model of a described shape. */
public final class RandomWeights {

    private final LlamaConfig config;
    private final RowKernels kernels;
    private final DeviceWeights place;
    private long seed;

    private RandomWeights(LlamaConfig config, long seed, RowKernels kernels, DeviceWeights place) {
        this.config = config;
        this.seed = seed;
        this.kernels = kernels;
        this.place = place;
    }

    /**
     * Weights of a plain Llama: each matrix random, each norm ones.
     *
     * @param place closed with the weights
     * @throws IllegalArgumentException if the configuration has biases, or norms of heads
     */
    public static ModelWeights of(LlamaConfig config, long seed, RowKernels kernels, DeviceWeights place) {
        var projections = config.projections();
        if (projections.queryKeyValueBias() || projections.outputBias() || projections.feedForwardBias()) {
            throw new IllegalArgumentException("the configuration has biases; random weights are for models without");
        }
        if (config.norms().heads() != Norms.Heads.NONE || config.norms().after()) {
            throw new IllegalArgumentException(
                    "the configuration has norms of heads or behind; random weights are for models without");
        }
        return new RandomWeights(config, seed, kernels, place).make();
    }

    private ModelWeights make() {
        int hidden = config.hiddenSize();
        var embedding = place.random(config.vocabulary(), hidden, seed++);
        List<BlockWeights> blocks = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            blocks.add(block(hidden));
        }
        var head = config.tiedEmbeddings() ? new Linear(embedding, null) : linear(config.vocabulary(), hidden);
        return new ModelWeights(embedding, blocks, norm(hidden), head, false, List.of(), place::close);
    }

    private BlockWeights block(int hidden) {
        return new BlockWeights(
                norm(hidden),
                linear(config.queryWidth(), hidden),
                linear(config.kvWidth(), hidden),
                linear(config.kvWidth(), hidden),
                null,
                null,
                linear(hidden, config.queryWidth()),
                null,
                norm(hidden),
                linear(config.intermediateSize(), hidden),
                linear(config.intermediateSize(), hidden),
                linear(hidden, config.intermediateSize()),
                null);
    }

    private Linear linear(int outputs, int inputs) {
        return new Linear(place.random(outputs, inputs, seed++), null);
    }

    private RmsNorm norm(int width) {
        var ones = new float[width];
        Arrays.fill(ones, 1);
        return new RmsNorm(kernels, ones, config.norms().epsilon());
    }
}
