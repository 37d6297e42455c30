package io.arkvale.llama.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.api.Backend;
import io.arkvale.api.Backends;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.ElementType;
import io.arkvale.api.SequenceSpec;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.llama.Llama;
import io.arkvale.llama.TinyModel;
import io.arkvale.llama.config.LlamaConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model whose keys and values live in a cache, beside the same model with plain full attention. */
class CacheAttentionTest {
    private static final int PROMPT = 70;
    private static final int DECODED = 30;
    private static final int PAGE = 8;

    @TempDir
    Path directory;

    private final WorkerPool pool = new WorkerPool(2, "cache-attention");
    private final Backend backend = Backends.create("cpu", Map.of("threads", "2"));
    private Llama model;
    private int[] tokens;

    @BeforeEach
    void load() throws IOException {
        var config = LlamaConfig.llama(40, 72, 3, 4, 2, 16, 97, 600, 1e-5f, 10_000, true);
        TinyModel.random(config, 5).write(directory);
        model = Llama.load(directory, DenseKernels.vector(), pool);
        tokens = new Random(6).ints(PROMPT + DECODED, 0, 97).toArray();
    }

    @AfterEach
    void close() {
        backend.close();
        pool.close();
    }

    /** Logits of the prompt's last token and of each decoded one. */
    private float[][] run(PrefillAttention prefill, DecodeAttention decode) {
        var logits = new float[DECODED + 1][];
        logits[0] = model.prefill().run(Arrays.copyOf(tokens, PROMPT), 0, prefill);
        var decoder = model.decoder(1);
        for (int i = 0; i < DECODED; i++) {
            logits[i + 1] = decoder.run(tokens[PROMPT + i], PROMPT + i, decode).clone();
        }
        return logits;
    }

    private float[][] throughCache(SequenceSpec sequence, ElementType type, int prefetchDistance) {
        var spec = CacheSpec.builder(3, 4, 2, 16)
                .elementType(type)
                .pageSize(PAGE)
                .roomFor(sequence, PROMPT + DECODED, 1)
                .build();
        try (var cache = backend.open(spec);
                var attention = new CacheAttention(cache, List.of(cache.begin(sequence)), prefetchDistance)) {
            return run(attention, attention);
        }
    }

    private float[][] dense() {
        var attention = model.dense(model.newStore());
        return run(attention, attention);
    }

    private static double worst(float[][] actual, float[][] expected) {
        double worst = 0;
        for (int row = 0; row < expected.length; row++) {
            for (int i = 0; i < expected[row].length; i++) {
                worst = Math.max(worst, Math.abs(actual[row][i] - expected[row][i]));
            }
        }
        return worst;
    }

    private static double largest(float[][] rows) {
        return worst(rows, Arrays.stream(rows).map(row -> new float[row.length]).toArray(float[][]::new));
    }

    @ParameterizedTest
    // The unit roundoff of what is stored, with room for its growth through three layers.
    @CsvSource({"F32, 1e-5", "F16, 2e-2", "BF16, 2e-1"})
    void withoutABudgetEqualsFullAttention(ElementType type, double tolerance) {
        var expected = dense();

        assertThat(worst(throughCache(SequenceSpec.full(), type, 0), expected))
                .isCloseTo(0, within(tolerance * largest(expected)));
    }

    @Test
    void aBudgetThatIsNeverReachedEqualsFullAttention() {
        var expected = dense();
        var roomy = SequenceSpec.builder(PAGE).budgetPages(20).denseLayers(0).build();

        assertThat(worst(throughCache(roomy, ElementType.F32, 0), expected))
                .isCloseTo(0, within(1e-5 * largest(expected)));
    }

    @Test
    void aTightBudgetChangesWhatIsAttendedTo() {
        var expected = dense();
        var tight = SequenceSpec.builder(PAGE).budgetPages(5).denseLayers(0).build();

        assertThat(worst(throughCache(tight, ElementType.F32, 0), expected)).isGreaterThan(1e-3 * largest(expected));
    }

    @Test
    void prefetchHandsGuessedQueriesToLaterLayers() {
        var tight = SequenceSpec.builder(PAGE).budgetPages(5).denseLayers(1).build();
        var reached = throughCache(tight, ElementType.F32, 1);

        // Guesses choose other pages than true queries would, so the results differ, but stay of the same size.
        assertThat(largest(reached)).isLessThan(10 * largest(dense()));
        assertThat(worst(reached, throughCache(tight, ElementType.F32, 0))).isPositive();
    }

    @Test
    void prefillIsForOneSequence() {
        var full = SequenceSpec.full();
        try (var cache = backend.open(CacheSpec.builder(3, 4, 2, 16)
                        .pageSize(PAGE)
                        .roomFor(full, 10, 2)
                        .build());
                var attention = new CacheAttention(cache, List.of(cache.begin(full), cache.begin(full)), 0)) {
            assertThatThrownBy(() -> attention.prefill(0, 4))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("prefill is for one sequence, not 2");
        }
    }
}
