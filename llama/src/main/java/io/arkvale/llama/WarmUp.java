package io.arkvale.llama;

import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.llama.config.LlamaConfig;
import io.arkvale.llama.weights.BlockWeights;
import io.arkvale.llama.weights.HostMatrix;
import io.arkvale.llama.weights.Linear;
import io.arkvale.llama.weights.ModelWeights;
import io.arkvale.llama.weights.RmsNorm;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Lets the just-in-time compiler see the passes before they matter. Until their code is compiled, vector operations are
 * hundreds of times slower; on a tiny model that costs little, and it can go on while weights are being read.
 */
final class WarmUp {

    private static final int HIDDEN = 64;
    private static final int TOKENS = 48;
    private static final int PASSES = 12;
    private static final int STEPS = 200;

    private static final LlamaConfig CONFIG =
            LlamaConfig.llama(HIDDEN, HIDDEN, 2, 4, 2, 64, HIDDEN, 2 * TOKENS + STEPS, 1e-5f, 10_000, true);

    private WarmUp() {}

    /** Begins in the background, the first time that vector kernels are asked for; otherwise there is nothing to do. */
    static void begin(DenseKernels kernels) {
        if (kernels == DenseKernels.vector()) {
            OfVector.CODE.isDone();
        }
    }

    /** Begins if that was not yet done, and waits until the code is there. */
    static void await(DenseKernels kernels) {
        if (kernels == DenseKernels.vector()) {
            OfVector.CODE.join();
        }
    }

    /** Once for every model of the process. */
    private static final class OfVector {
        static final CompletableFuture<Void> CODE = CompletableFuture.runAsync(
                () -> run(DenseKernels.vector()),
                task -> Thread.ofPlatform().daemon().name("warm-up").start(task));
    }

    private static void run(DenseKernels kernels) {
        try (var pool = new WorkerPool(1, "warm-up")) {
            var model = new Llama(CONFIG, weights(kernels), kernels, pool);
            var store = model.newStore();
            var attention = model.dense(store);
            var tokens = new int[TOKENS];
            var prefill = model.prefill();
            for (int pass = 0; pass < PASSES; pass++) {
                store.truncate(0);
                prefill.run(tokens, 0, attention);
            }
            var decoder = model.decoder(1);
            for (int step = 0; step < STEPS; step++) {
                decoder.run(0, TOKENS + step, attention);
            }
        }
    }

    /** Zeros; only the work counts. */
    private static ModelWeights weights(DenseKernels kernels) {
        var norm = new RmsNorm(kernels.rows(), new float[HIDDEN], CONFIG.norms().epsilon());
        var narrow = zeros(kernels, HIDDEN, HIDDEN);
        var kv = zeros(kernels, CONFIG.kvWidth(), HIDDEN);
        var block = new BlockWeights(
                norm,
                zeros(kernels, CONFIG.queryWidth(), HIDDEN),
                kv,
                kv,
                null,
                null,
                zeros(kernels, HIDDEN, CONFIG.queryWidth()),
                null,
                norm,
                narrow,
                narrow,
                narrow,
                null);
        return new ModelWeights(
                narrow.weight(), Collections.nCopies(CONFIG.layers(), block), norm, narrow, true, List.of(), () -> {});
    }

    private static Linear zeros(DenseKernels kernels, int outputs, int inputs) {
        return new Linear(new HostMatrix(kernels.matrix(outputs, inputs)), null);
    }
}
