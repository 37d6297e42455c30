package io.arkvale.llama.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.llama.files.Json;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The tokenizers of the models that come along. */
class ShippedTokenizerTest {

    private static final Path MODELS = Path.of("../models");

    @Test
    void needle7mHasTheTokensOfPython() {
        var golden = Json.read(Path.of("src/test/resources/golden7m/golden.json"));
        try (var tokenizer = Tokenizer.forModel(MODELS.resolve("needle-7m"), 4096)) {
            for (var example : golden.path("encodings")) {
                var text = example.path("text").asString();
                int[] tokens = tokenizer.encode(text.getBytes(UTF_8));
                assertThat(tokens).as(text).containsExactly(Json.MAPPER.treeToValue(example.path("ids"), int[].class));
                assertThat(new String(tokenizer.decode(tokens), UTF_8)).isEqualTo(text);
            }
        }
        assertThat(EndTokens.read(MODELS.resolve("needle-7m")).tokens()).containsExactly(0);
        assertThat(ChatTemplate.read(MODELS.resolve("needle-7m"))).isEmpty();
    }

    @Test
    void needle5mHasATokenPerByte() {
        try (var tokenizer = Tokenizer.forModel(MODELS.resolve("needle-5m"), 256)) {
            assertThat(tokenizer).isInstanceOf(ByteTokenizer.class);
        }
        assertThat(EndTokens.read(MODELS.resolve("needle-5m")).tokens()).containsExactly(0);
    }
}
