package io.arkvale.experiments.bench;

import io.arkvale.api.Backend;
import io.arkvale.api.KvCache;
import io.arkvale.experiments.bench.BenchResult.Kind;
import io.arkvale.llama.Llama;
import io.arkvale.llama.QueuedPrefill;
import java.util.Arrays;

/** Times the prefill of one prompt by a whole model on a device, from its tokens on the host to the first new one there. */
public final class PrefillBench {
    private static final int ROUNDS = 3;
    private static final int CHUNK = 4096;

    private PrefillBench() {}

    /**
     * Median of some rounds, after one that is not timed.
     *
     * @param measured one sequence, whose context is the prompt
     * @throws io.arkvale.api.CapacityException if device or host lack the memory
     */
    public static ModelResult run(Llama model, Backend backend, ModelCase measured) {
        var type = model.device().orElseThrow().elementType();
        var tokens = new int[measured.context()];
        Arrays.setAll(tokens, i -> (7 * i + 5) % model.config().vocabulary());
        try (var cache = backend.open(measured.cache(model.config(), type, 0, tokens.length));
                var prefill = new QueuedPrefill(model, cache, Math.min(CHUNK, tokens.length))) {
            var nanos = new double[ROUNDS];
            once(cache, prefill, measured, tokens);
            for (int round = 0; round < ROUNDS; round++) {
                nanos[round] = once(cache, prefill, measured, tokens);
            }
            Arrays.sort(nanos);
            var memory = cache.memory();
            return new ModelResult(
                    measured, Kind.PREFILL, nanos[ROUNDS / 2], 0, memory.deviceBytes(), memory.hostBytes());
        }
    }

    private static double once(KvCache cache, QueuedPrefill prefill, ModelCase measured, int[] tokens) {
        cache.synchronize();
        try (var sequence = cache.begin(measured.settings())) {
            long start = System.nanoTime();
            var report = prefill.run(sequence, 0, tokens);
            prefill.likeliest();
            report.await();
            return System.nanoTime() - start;
        }
    }
}
