package io.arkvale.llama;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.llama.files.Json;
import io.arkvale.llama.files.SafeTensors;
import io.arkvale.llama.text.Tokenizer;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** needle-7m, a Qwen3 with a tokenizer of its own, against what PyTorch computed with it in float32. */
class Needle7mTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden7m");
    private static final Path MODEL = Path.of("../models/needle-7m");
    private static final int VOCABULARY = 4096;
    /** Last positions whose logits are there; likelihoods are there of all. */
    private static final int WITH_LOGITS = 16;

    private static final int DECODED = 64;

    private static WorkerPool pool;
    private static Llama model;
    private static Tokenizer tokenizer;
    private static SafeTensors vectors;
    private static JsonNode facts;

    @BeforeAll
    static void load() {
        pool = new WorkerPool(2, "golden");
        model = Llama.load(MODEL, DenseKernels.vector(), pool);
        tokenizer = Tokenizer.forModel(MODEL, VOCABULARY);
        vectors = SafeTensors.open(GOLDEN.resolve("forward-512.safetensors"));
        facts = Json.read(GOLDEN.resolve("golden.json"));
    }

    @AfterAll
    static void close() {
        vectors.close();
        tokenizer.close();
        pool.close();
    }

    @Test
    void prefillGivesTheLogitsAndLikelihoodsOfTheModel() {
        int[] tokens = vectors.bytes(vectors.require("tokens", 512)).toArray(ValueLayout.JAVA_INT_UNALIGNED);
        float[] expected = floats("logits_last_16", WITH_LOGITS, VOCABULARY);
        float[] likelihoods = floats("nll", 511);
        int first = tokens.length - WITH_LOGITS;
        var sum = new double[1];
        model.prefill().run(tokens, 0, model.dense(model.newStore()), (position, logits, offset) -> {
            if (position >= first) {
                assertClose(logits, offset, expected, (position - first) * VOCABULARY);
            }
            if (position + 1 < tokens.length) {
                double likelihood = -Logits.logProbability(logits, offset, VOCABULARY, tokens[position + 1]);
                assertThat(likelihood).isCloseTo(likelihoods[position], within(2e-3));
                sum[0] += likelihood;
            }
        });
        double bitsPerByte = sum[0] / Math.log(2) / facts.path("characters_512").asInt();
        assertThat(bitsPerByte).isCloseTo(facts.path("bits_per_byte_512").asDouble(), within(1e-3));
    }

    @Test
    void decodingGivesTheLogitsOfTheModel() {
        int[] tokens = vectors.bytes(vectors.require("tokens", 512)).toArray(ValueLayout.JAVA_INT_UNALIGNED);
        float[] expected = floats("logits_last_16", WITH_LOGITS, VOCABULARY);
        float[] likelihoods = floats("nll", 511);
        int withLogits = tokens.length - WITH_LOGITS;
        int first = tokens.length - DECODED;
        var attention = model.dense(model.newStore());
        model.prefill().run(Arrays.copyOf(tokens, first), 0, attention);
        var decoder = model.decoder(1);
        for (int position = first; position < tokens.length; position++) {
            float[] logits = decoder.run(tokens[position], position, attention);
            if (position >= withLogits) {
                assertClose(logits, 0, expected, (position - withLogits) * VOCABULARY);
            }
            if (position + 1 < tokens.length) {
                double likelihood = -Logits.logProbability(logits, 0, VOCABULARY, tokens[position + 1]);
                assertThat(likelihood).isCloseTo(likelihoods[position], within(2e-3));
            }
        }
    }

    /** Two passkeys and a continuation; context and question are tokenised apart. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void goesOnAsTheModelDid(int which) {
        var fact = facts.path("cases").path(which);
        int[] context = tokenizer.encode(fact.path("context").asString().getBytes(UTF_8));
        int[] question = tokenizer.encodeMore(fact.path("question").asString().getBytes(UTF_8));
        int[] expected = IntStream.range(0, fact.path("tokens").size())
                .map(i -> fact.path("tokens").path(i).asInt())
                .toArray();
        var attention = model.dense(model.newStore());
        float[] logits = model.prefill().run(context, 0, attention);
        var generation = new Generation(model, attention);
        if (question.length > 0) {
            logits = generation.feed(question, context.length);
        }
        int[] generated =
                generation.continueGreedily(logits, context.length + question.length, expected.length, token -> false);
        assertThat(generated).containsExactly(expected);
        assertThat(new String(tokenizer.decodeMore(generated), UTF_8))
                .isEqualTo(fact.path("answer").asString());
    }

    private static float[] floats(String name, long... shape) {
        return vectors.bytes(vectors.require(name, shape)).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    private static void assertClose(float[] actual, int offset, float[] expected, int from) {
        float worst = 0;
        for (int i = 0; i < VOCABULARY; i++) {
            worst = Math.max(worst, Math.abs(actual[offset + i] - expected[from + i]));
        }
        assertThat(worst).isLessThanOrEqualTo(2e-3f);
    }
}
