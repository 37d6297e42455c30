package io.arkvale.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.llama.attention.KeyValueStore;
import io.arkvale.llama.config.LlamaConfig;
import io.arkvale.llama.files.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The forward pass of small random models, against float64 and against itself cut differently. */
class ForwardTest {

    @TempDir
    Path directory;

    private final WorkerPool pool = new WorkerPool(3, "forward");

    @AfterEach
    void close() {
        pool.close();
    }

    private static LlamaConfig config(int queryHeads, int kvHeads, int headDim, int vocabulary, boolean tied) {
        return LlamaConfig.llama(40, 72, 3, queryHeads, kvHeads, headDim, vocabulary, 600, 1e-5f, 10_000, tied);
    }

    static Stream<LlamaConfig> configs() {
        return Stream.of(
                config(4, 4, 10, 256, true),
                config(4, 2, 16, 97, false),
                config(6, 2, 14, 31, true),
                config(5, 1, 64, 64, false));
    }

    @ParameterizedTest
    @MethodSource("configs")
    void prefillAndDecodeEqualFloat64(LlamaConfig config) throws IOException {
        var tiny = TinyModel.random(config, 1);
        tiny.write(directory);
        int[] tokens = tokens(config, 110);
        var expected = tiny.forward(tokens);
        for (var kernels : new DenseKernels[] {DenseKernels.scalar(), DenseKernels.vector()}) {
            var model = Llama.load(directory, kernels, pool);
            var seen = new int[1];
            model.prefill().run(tokens, 0, model.dense(model.newStore()), (position, logits, offset) -> {
                assertThat(position).isEqualTo(seen[0]++);
                assertClose(Arrays.copyOfRange(logits, offset, offset + config.vocabulary()), expected[position]);
            });
            assertThat(seen[0]).isEqualTo(tokens.length);

            var attention = model.dense(model.newStore());
            var decoder = model.decoder(1);
            for (int position = 0; position < tokens.length; position++) {
                assertClose(decoder.run(tokens[position], position, attention), expected[position]);
            }
        }
    }

    @Test
    void bitsDoNotDependOnChunksNorThreads() throws IOException {
        var config = config(4, 2, 16, 97, false);
        TinyModel.random(config, 2).write(directory);
        int[] tokens = tokens(config, 500);
        var model = Llama.load(directory, DenseKernels.vector(), pool);
        var wholeStore = model.newStore();
        var whole = model.prefill().run(tokens, 0, model.dense(wholeStore));
        for (int chunk : new int[] {1, 37, 96, 256, 300}) {
            var store = model.newStore();
            var attention = model.dense(store);
            var prefill = model.prefill();
            float[] logits = {};
            for (int start = 0; start < tokens.length; start += chunk) {
                var part = Arrays.copyOfRange(tokens, start, Math.min(start + chunk, tokens.length));
                logits = prefill.run(part, start, attention);
            }
            assertThat(logits).as("chunks of %d", chunk).isEqualTo(whole);
            for (int layer = 0; layer < config.layers(); layer++) {
                assertThat(store.lastQueries(layer)).isEqualTo(wholeStore.lastQueries(layer));
            }
        }
        try (var alone = new WorkerPool(1, "alone")) {
            var single = Llama.load(directory, DenseKernels.vector(), alone);
            assertThat(single.prefill().run(tokens, 0, single.dense(single.newStore())))
                    .isEqualTo(whole);
        }
    }

    @Test
    void aDecodedRowsBitsDoNotDependOnItsCompany() throws IOException {
        var config = config(6, 2, 14, 97, true);
        TinyModel.random(config, 3).write(directory);
        var model = Llama.load(directory, DenseKernels.vector(), pool);
        int[] lengths = {1, 80, 300, 17, 33, 5, 256, 2};
        var tokens = new int[lengths.length];
        var stores = new KeyValueStore[lengths.length];
        var expected = new float[lengths.length][];
        for (int row = 0; row < lengths.length; row++) {
            int[] prompt = tokens(config, lengths[row]);
            stores[row] = model.newStore();
            model.prefill().run(prompt, 0, model.dense(stores[row]));
            tokens[row] = row + 7;
            expected[row] = model.decoder(1).run(tokens[row], lengths[row], model.dense(stores[row]));
            stores[row].truncate(lengths[row]);
        }
        var logits = model.decoder(lengths.length).run(tokens, lengths, model.dense(stores));
        for (int row = 0; row < lengths.length; row++) {
            int at = row * config.vocabulary();
            assertThat(Arrays.copyOfRange(logits, at, at + config.vocabulary()))
                    .as("row %d", row)
                    .isEqualTo(expected[row]);
            assertThat(stores[row].length()).isEqualTo(lengths[row] + 1);
        }
    }

    @Test
    void aPassThatFailsLeavesTheSequenceAsItWas() throws IOException {
        var config = config(4, 2, 16, 97, false);
        TinyModel.random(config, 4).write(directory);
        var model = Llama.load(directory, DenseKernels.vector(), pool);
        int[] tokens = tokens(config, 50);
        var store = model.newStore();
        model.prefill().run(tokens, 0, model.dense(store));
        try (var pass = model.dense(store).prefill(50, 10)) {
            int width = 10 * config.queryWidth();
            pass.attend(0, 50, 10, new float[width], new float[width], new float[width], new float[width]);
        }
        assertThat(store.length()).isEqualTo(50);
        assertThat(store.keyValues(0, 0).length()).isEqualTo(50);
        var after = model.decoder(1).run(3, 50, model.dense(store));
        var fresh = model.newStore();
        model.prefill().run(tokens, 0, model.dense(fresh));
        assertThat(after).isEqualTo(model.decoder(1).run(3, 50, model.dense(fresh)));
    }

    @Test
    void wrongTokensAndPositionsAreNamed() throws IOException {
        var config = config(4, 2, 16, 97, false);
        TinyModel.random(config, 5).write(directory);
        var model = Llama.load(directory, DenseKernels.vector(), pool);
        var attention = model.dense(model.newStore());
        assertThatThrownBy(() -> model.prefill().run(new int[] {97}, 0, attention))
                .hasMessage("token 97 is not in the vocabulary of 97");
        assertThatThrownBy(() -> model.prefill().run(new int[601], 0, attention))
                .hasMessage("the sequence reaches position 600, but the model's max_position_embeddings is 600");
        assertThatThrownBy(() -> model.decoder(1).run(3, 5, attention))
                .hasMessage("the pass starts at position 5 of a sequence of 0 tokens");
    }

    @Test
    void weightsOfAWrongTypeOrShapeAreNamed() throws IOException {
        var config = config(4, 2, 16, 97, true);
        TinyModel.random(config, 6).write(directory);
        var file = directory.resolve("model.safetensors");
        var untied = Files.readString(directory.resolve("config.json")).replace("true", "false");
        Files.writeString(directory.resolve("config.json"), untied);
        assertThatThrownBy(() -> Llama.load(directory, DenseKernels.vector(), pool))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file + ": tensor 'lm_head.weight' is missing");
        Files.writeString(directory.resolve("config.json"), untied.replace("\"head_dim\": 16", "\"head_dim\": 18"));
        assertThatThrownBy(() -> Llama.load(directory, DenseKernels.vector(), pool))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file + ": tensor 'model.layers.0.self_attn.q_proj.weight': its shape is [64, 40] instead of"
                        + " [72, 40]");
    }

    private static int[] tokens(LlamaConfig config, int count) {
        return new Random(count).ints(count, 0, config.vocabulary()).toArray();
    }

    private static void assertClose(float[] actual, double[] expected) {
        assertThat(actual).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            if (!(Math.abs(actual[i] - expected[i]) <= 5e-5)) {
                throw new AssertionError("logit " + i + " is " + actual[i] + ", not " + expected[i]);
            }
        }
    }
}
