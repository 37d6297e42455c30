package io.arkvale.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Configurations, good and bad. */
class LlamaConfigTest {

    private static final String GOOD = """
            {"model_type": "llama", "hidden_act": "silu", "hidden_size": 64, "intermediate_size": 96,
             "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 256,
             "max_position_embeddings": 128, "rms_norm_eps": 1e-5, "rope_theta": 500000.0}""";

    @TempDir
    Path directory;

    @Test
    void whatIsNotGivenHasHuggingFacesDefault() throws IOException {
        assertThat(read(GOOD))
                .isEqualTo(
                        new LlamaConfig(64, 96, 2, 4, 2, 16, 256, 128, 1e-5f, 500_000, new RopeScaling.None(), false));
    }

    @Test
    void theShippedModelIsRead() {
        var config = LlamaConfig.read(Path.of("../models/needle-5m"));
        assertThat(config)
                .isEqualTo(
                        new LlamaConfig(256, 768, 6, 4, 2, 64, 256, 65_536, 1e-5f, 1e6, new RopeScaling.None(), true));
    }

    @Test
    void ropeSettingsAreReadFromEitherObject() throws IOException {
        var scaling = "{\"rope_type\":\"llama3\",\"factor\":8.0,\"low_freq_factor\":1.0,\"high_freq_factor\":4.0,"
                + "\"original_max_position_embeddings\":8192,\"rope_theta\":10.0}";
        var expected = new RopeScaling.Llama3(8, 1, 4, 8192);
        assertThat(read(with("rope_scaling", scaling)).ropeScaling()).isEqualTo(expected);
        var newer = read(with("rope_parameters", scaling));
        assertThat(newer.ropeScaling()).isEqualTo(expected);
        assertThat(newer.ropeTheta()).isEqualTo(10);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            model_type            | "gpt2"  | model_type is "gpt2", but only "llama" is supported
            model_type            |         | model_type is missing, but only "llama" is supported
            hidden_act            | "gelu"  | hidden_act is "gelu", but only "silu" is supported
            attention_bias        | true    | attention_bias is true, but only models without biases are supported
            mlp_bias              | 1       | mlp_bias is 1, but only models without biases are supported
            hidden_size           |         | hidden_size is missing, but must be a whole number from 1 to 16777216
            num_hidden_layers     | 0       | num_hidden_layers is 0, but must be a whole number from 1 to 16777216
            vocab_size            | 1e99    | vocab_size is 1.0E99, but must be a whole number from 1 to 16777216
            intermediate_size     | "96"    | intermediate_size is "96", but must be a whole number from 1 to 16777216
            num_key_value_heads   | 3       | num_attention_heads is 4, which is no multiple of num_key_value_heads 3
            num_attention_heads   | 6       | hidden_size is 64, which is no multiple of num_attention_heads 6, and head_dim is not given
            head_dim              | 15      | head_dim is 15, but rotary positions need an even number
            rms_norm_eps          | -1      | rms_norm_eps is -1, but must be a positive number
            rope_theta            | "big"   | rope_theta is "big", but must be a positive number
            rope_scaling          | {"rope_type":"yarn"} | the RoPE scaling 'yarn' is not supported, only default and llama3 are
            rope_scaling          | {"type":"llama3"} | factor is missing, but must be a positive number
            """)
    void aWrongFieldIsNamed(String field, @Nullable String json, String problem) throws IOException {
        var content = with(field, json);
        assertThatThrownBy(() -> read(content))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(directory.resolve("config.json") + ": " + problem);
    }

    @Test
    void aFileThatIsMissingOrNoJsonIsNamed() throws IOException {
        var file = directory.resolve("config.json");
        assertThatThrownBy(() -> LlamaConfig.read(directory))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file + ": there is no such file, so " + directory + " is no model directory");
        assertThatThrownBy(() -> read("{"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(file + ": it is not valid JSON: ");
    }

    private static String with(String field, @Nullable String json) {
        var root = (ObjectNode) Json.MAPPER.readTree(GOOD);
        if (json == null) {
            root.remove(field);
        } else {
            root.set(field, Json.MAPPER.readTree(json));
        }
        return root.toString();
    }

    private LlamaConfig read(String json) throws IOException {
        Files.writeString(directory.resolve("config.json"), json);
        return LlamaConfig.read(directory);
    }
}
