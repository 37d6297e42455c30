package io.arkvale.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.llama.TinyCases.TinyCase;
import io.arkvale.llama.files.ModelFormatException;
import io.arkvale.llama.weights.WeightStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A tiny model of every family and every spelling of its configuration: what transformers computes with it in float32, or
 * a sentence that says why not. There is no third outcome.
 */
class TransformersTest {

    private static final float TOLERANCE = 2e-3f;

    private static WorkerPool pool;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        pool = new WorkerPool(2, "transformers");
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    static Stream<TinyCase> computed() {
        return TinyCases.all().filter(each -> !each.isRefused());
    }

    static Stream<TinyCase> refused() {
        return TinyCases.all().filter(TinyCase::isRefused);
    }

    @ParameterizedTest
    @MethodSource("computed")
    void logitsAndGreedyTokensAreThoseOfTransformers(TinyCase tiny) throws IOException {
        tiny.write(directory);
        for (var storage : new WeightStorage[] {WeightStorage.WIDENED, WeightStorage.MAPPED}) {
            try (var model = Llama.load(directory, DenseKernels.vector(), pool, storage)) {
                assertThat(model.warnings()).hasSize(tiny.warns() ? 1 : 0);
                prefills(model, tiny);
                if (tiny.decodes()) {
                    decodes(model, tiny);
                }
            }
        }
    }

    private static void prefills(Llama model, TinyCase tiny) {
        int[] prompt = tiny.prompt();
        int vocabulary = model.config().vocabulary();
        float[] expected = tiny.logits();
        int first = prompt.length - TinyCases.KEPT;
        model.prefill().run(prompt, 0, model.dense(model.newStore()), (position, logits, offset) -> {
            if (position >= first) {
                assertClose(logits, offset, expected, (position - first) * vocabulary, vocabulary);
            }
        });
        var attention = model.dense(model.newStore());
        float[] last = model.prefill().run(prompt, 0, attention);
        assertClose(last, 0, expected, (TinyCases.KEPT - 1) * vocabulary, vocabulary);
        int[] greedy = tiny.greedy();
        assertThat(new Generation(model, attention)
                        .continueGreedily(last, prompt.length, greedy.length, token -> false))
                .isEqualTo(greedy);
    }

    private static void decodes(Llama model, TinyCase tiny) {
        int[] prompt = tiny.prompt();
        int vocabulary = model.config().vocabulary();
        float[] expected = tiny.logits();
        int first = prompt.length - TinyCases.KEPT;
        var attention = model.dense(model.newStore());
        var decoder = model.decoder(1);
        for (int position = 0; position < prompt.length; position++) {
            var logits = decoder.run(prompt[position], position, attention);
            if (position >= first) {
                assertClose(logits, 0, expected, (position - first) * vocabulary, vocabulary);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatCannotBeComputedIsRefusedWithItsReason(TinyCase tiny) throws IOException {
        tiny.write(directory);
        for (var storage : new WeightStorage[] {WeightStorage.WIDENED, WeightStorage.MAPPED}) {
            assertThatThrownBy(() -> {
                        try (var model = Llama.load(directory, DenseKernels.vector(), pool, storage)) {
                            model.prefill().run(tiny.prompt(), 0, model.dense(model.newStore()));
                        }
                    })
                    .isInstanceOfAny(ModelFormatException.class, IllegalArgumentException.class)
                    .hasMessageContaining(tiny.refusal());
        }
    }

    private static void assertClose(float[] actual, int offset, float[] expected, int at, int count) {
        float worst = 0;
        for (int i = 0; i < count; i++) {
            worst = Math.max(worst, Math.abs(actual[offset + i] - expected[at + i]));
        }
        assertThat(worst)
                .as(() -> Arrays.toString(Arrays.copyOfRange(actual, offset, offset + 6)) + " against "
                        + Arrays.toString(Arrays.copyOfRange(expected, at, at + 6)))
                .isLessThanOrEqualTo(TOLERANCE);
    }
}
