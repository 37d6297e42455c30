package io.arkvale.llama;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.llama.files.Json;
import io.arkvale.llama.files.SafeTensors;
import io.arkvale.llama.text.ByteTokenizer;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The shipped model against what PyTorch computed with it in float32. */
class GoldenTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final int VOCABULARY = 256;

    private static WorkerPool pool;
    private static Llama model;
    private static SafeTensors vectors;
    private static JsonNode facts;

    @BeforeAll
    static void load() throws IOException {
        pool = new WorkerPool(2, "golden");
        model = Llama.load(Path.of("../models/needle-5m"), DenseKernels.vector(), pool);
        vectors = SafeTensors.open(GOLDEN.resolve("forward-512.safetensors"));
        facts = Json.MAPPER.readTree(Files.readAllBytes(GOLDEN.resolve("golden.json")));
    }

    @AfterAll
    static void close() {
        vectors.close();
        pool.close();
    }

    @Test
    void prefillGivesTheLogitsOfTheLastPositions() {
        var expected = floats("logits_last8", 8, VOCABULARY);
        int[] tokens = tokens();
        int first = tokens.length - 8;
        model.prefill().run(tokens, 0, model.dense(model.newStore()), (position, logits, offset) -> {
            if (position >= first) {
                int row = (position - first) * VOCABULARY;
                assertClose(
                        Arrays.copyOfRange(logits, offset, offset + VOCABULARY),
                        Arrays.copyOfRange(expected, row, row + VOCABULARY),
                        2e-3f);
            }
        });
    }

    @Test
    void decodingGivesTheLogitsOfTheLastPositions() {
        var expected = floats("logits_last8", 8, VOCABULARY);
        int[] tokens = tokens();
        int first = tokens.length - 8;
        var attention = model.dense(model.newStore());
        model.prefill().run(Arrays.copyOf(tokens, first), 0, attention);
        var decoder = model.decoder(1);
        for (int i = 0; i < 8; i++) {
            var logits = decoder.run(tokens[first + i], first + i, attention);
            assertClose(logits, Arrays.copyOfRange(expected, i * VOCABULARY, (i + 1) * VOCABULARY), 2e-3f);
        }
    }

    @Test
    void layerThreeHasTheKeysValuesAndLastQueriesOfTheModel() {
        var store = model.newStore();
        int[] tokens = tokens();
        model.prefill().run(tokens, 0, model.dense(store));
        assertClose(store.lastQueries(3), floats("layer3.q_last", 4, 64), 1e-3f);
        var keys = new float[512 * 128];
        var values = new float[512 * 128];
        store.copyKeys(3, 0, 512, keys);
        store.copyValues(3, 0, 512, values);
        assertClose(headFirst(keys), floats("layer3.k", 2, 512, 64), 1e-3f);
        assertClose(headFirst(values), floats("layer3.v", 2, 512, 64), 1e-3f);
    }

    /** {@code [512, 2, 64]} to {@code [2, 512, 64]}. */
    private static float[] headFirst(float[] rows) {
        var turned = new float[rows.length];
        for (int token = 0; token < 512; token++) {
            for (int head = 0; head < 2; head++) {
                System.arraycopy(rows, token * 128 + head * 64, turned, (head * 512 + token) * 64, 64);
            }
        }
        return turned;
    }

    @ParameterizedTest
    @ValueSource(ints = {1024, 8192})
    void heldOutTextTakesAsManyBitsPerByteAsInPyTorch(int bytes) throws IOException {
        byte[] text = Arrays.copyOf(Files.readAllBytes(GOLDEN.resolve("heldout-8192.txt")), bytes);
        int[] tokens = new ByteTokenizer().encode(text);
        var logProbability = new double[1];
        model.prefill().run(tokens, 0, model.dense(model.newStore()), (position, logits, offset) -> {
            if (position + 1 < tokens.length) {
                logProbability[0] += Logits.logProbability(logits, offset, VOCABULARY, tokens[position + 1]);
            }
        });
        double bits = -logProbability[0] / Math.log(2) / (tokens.length - 1);
        assertThat(bits).isCloseTo(facts.path("bits_per_byte_heldout_" + bytes).asDouble(), within(1e-3));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void passkeysAreFound(int which) {
        var fact = facts.path("passkey").path(which);
        var tokenizer = new ByteTokenizer();
        int[] prompt = tokenizer.encode(fact.path("prompt").asString().getBytes(UTF_8));
        assertThat(prompt).hasSize(fact.path("prompt_tokens").asInt());
        String answer = fact.path("generated").asString();
        var store = model.newStore();
        var attention = model.dense(store);
        float[] logits = model.prefill().run(prompt, 0, attention);
        int[] generated = new Generation(model, attention)
                .continueGreedily(logits, prompt.length, answer.length(), token -> false);
        assertThat(new String(tokenizer.decode(generated), UTF_8)).isEqualTo(answer);

        // The logit that chose the answer's last byte.
        store.truncate(prompt.length);
        int[] read = Arrays.copyOf(generated, generated.length - 1);
        float[] last = new Generation(model, attention).feed(read, prompt.length);
        assertThat((double) last[Logits.argmax(last, 0, VOCABULARY)])
                .isCloseTo(fact.path("last_logit_top").asDouble(), within(2e-3));
    }

    private static int[] tokens() {
        return vectors.bytes(vectors.require("tokens", 512)).toArray(ValueLayout.JAVA_INT_UNALIGNED);
    }

    private static float[] floats(String name, long... shape) {
        return vectors.bytes(vectors.require(name, shape)).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    private static void assertClose(float[] actual, float[] expected, float tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        float worst = 0;
        for (int i = 0; i < expected.length; i++) {
            worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
        }
        assertThat(worst).isLessThanOrEqualTo(tolerance);
    }
}
