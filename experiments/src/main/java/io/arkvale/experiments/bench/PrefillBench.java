package io.arkvale.experiments.bench;

import io.arkvale.api.Backend;
import io.arkvale.api.KvCache;
import io.arkvale.experiments.bench.BenchResult.Kind;
import io.arkvale.llama.Llama;
import io.arkvale.llama.QueuedPrefill;
import java.util.Arrays;
import java.util.List;

/** Times the prefill of one prompt by a whole model on a device, from its tokens on the host to the first new one there. */
public final class PrefillBench {
    private static final int ROUNDS = 3;
    private static final int CHUNK = 4096;

    private PrefillBench() {}

    /**
     * Medians of some rounds of a whole prefill, and of what it computes beside attention; after one of each that is not timed.
     *
     * @param measured one sequence, whose context is the prompt
     * @throws io.arkvale.api.CapacityException if device or host lack the memory
     */
    public static List<ModelResult> run(Llama model, Backend backend, ModelCase measured) {
        var type = model.device().orElseThrow().elementType();
        var tokens = new int[measured.context()];
        Arrays.setAll(tokens, i -> (7 * i + 5) % model.config().vocabulary());
        try (var cache = backend.open(measured.cache(model.config(), type, 0, tokens.length));
                var prefill = new QueuedPrefill(model, cache, Math.min(CHUNK, tokens.length))) {
            var products = median(measured, Kind.PRODUCTS, cache, () -> {
                prefill.withoutAttention(0, tokens);
                prefill.likeliest();
            });
            var whole = median(measured, Kind.PREFILL, cache, () -> {
                try (var sequence = cache.begin(measured.settings())) {
                    var report = prefill.run(sequence, 0, tokens);
                    prefill.likeliest();
                    report.await();
                }
            });
            return List.of(products, whole);
        }
    }

    private static ModelResult median(ModelCase measured, Kind kind, KvCache cache, Runnable prefill) {
        var nanos = new double[ROUNDS];
        for (int round = -1; round < ROUNDS; round++) {
            cache.synchronize();
            long start = System.nanoTime();
            prefill.run();
            if (round >= 0) {
                nanos[round] = System.nanoTime() - start;
            }
        }
        Arrays.sort(nanos);
        var memory = cache.memory();
        return new ModelResult(
                measured, kind, measured.context(), nanos[ROUNDS / 2], 0, memory.deviceBytes(), memory.hostBytes());
    }
}
