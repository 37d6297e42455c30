package io.arkvale.llama.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.llama.files.Json;
import io.arkvale.llama.files.ModelFormatException;
import io.arkvale.llama.rope.RopeScaling;
import io.arkvale.llama.rope.RopeSettings;
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
        assertThat(read(GOOD)).isEqualTo(LlamaConfig.llama(64, 96, 2, 4, 2, 16, 256, 128, 1e-5f, 500_000, false));
    }

    @Test
    void theShippedModelIsRead() {
        var config = LlamaConfig.read(Path.of("../models/needle-5m"));
        assertThat(config).isEqualTo(LlamaConfig.llama(256, 768, 6, 4, 2, 64, 256, 65_536, 1e-5f, 1e6, true));
    }

    @Test
    void ropeSettingsAreReadFromEitherObject() throws IOException {
        var scaling = "{\"rope_type\":\"llama3\",\"factor\":8.0,\"low_freq_factor\":1.0,\"high_freq_factor\":4.0,"
                + "\"original_max_position_embeddings\":8192,\"rope_theta\":10.0}";
        var expected = new RopeSettings(16, 10, new RopeScaling.Llama3(8, 1, 4, 8192));
        assertThat(read(with("rope_scaling", scaling)).ropes()).containsOnly(expected);
        assertThat(read(with("rope_parameters", scaling)).ropes()).containsOnly(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            model_type            | "gpt2"  | model_type is "gpt2", but only llama, mistral, qwen2, qwen3, phi3, smollm3, granite, olmo2, gemma2, gemma3_text are supported
            model_type            |         | model_type is missing, but must be one of llama, mistral, qwen2, qwen3, phi3, smollm3, granite, olmo2, gemma2, gemma3_text
            hidden_act            | "gelu"  | hidden_act is "gelu", but only silu (also called swish) and gelu_pytorch_tanh are supported
            attention_bias        | null    | attention_bias is null, but must be true or false
            mlp_bias              | 1       | mlp_bias is 1, but must be true or false
            hidden_size           |         | hidden_size is missing, but must be a whole number from 1 to 16777216
            num_hidden_layers     | 0       | num_hidden_layers is 0, but must be a whole number from 1 to 16777216
            vocab_size            | 1e99    | vocab_size is 1.0E99, but must be a whole number from 1 to 16777216
            intermediate_size     | "96"    | intermediate_size is "96", but must be a whole number from 1 to 16777216
            num_key_value_heads   | 3       | num_attention_heads is 4, which is no multiple of num_key_value_heads 3
            num_attention_heads   | 6       | hidden_size is 64, which is no multiple of num_attention_heads 6, and head_dim is not given
            head_dim              | 15      | head_dim is 15, but rotary positions need an even number
            rms_norm_eps          | -1      | rms_norm_eps is -1, but must be a positive number
            rope_theta            | "big"   | rope_theta is "big", but must be a positive number
            rope_scaling          | {"rope_type":"xpos"} | the RoPE in rope_scaling is of type 'xpos', but only default, linear, dynamic, llama3, yarn and longrope are supported
            rope_parameters       | 7       | rope_parameters is 7, but must be an object
            layers_of_experts     | 7       | nothing is known of the key layers_of_experts in a model of type llama, so it may compute something else than would be computed here; remove what means nothing
            compression_config    | {"quant_method":"fp4"} | the weights are quantised (compression_config, fp4), and only weights in float32, float16 and bfloat16 are read
            rope_scaling          | {"type":"llama3"} | factor is missing, but must be a positive number
            """)
    void aWrongFieldIsNamed(String field, @Nullable String json, String problem) throws IOException {
        var content = with(field, json);
        assertThatThrownBy(() -> read(content))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(directory.resolve("config.json") + ": " + problem);
    }

    /** Keys that published configurations carry beside those of the family; none of them may be in the way. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            llama       | "is_llama_config": true, "rope_interleaved": false, "transformers.js_config": {"kv_cache_dtype": {"fp16": "float16"}}
            llama       | "pretraining_tp": 1, "_name_or_path": "x", "do_sample": true, "temperature": 0.6, "max_length": 4096
            qwen2       | "max_window_layers": 21, "sliding_window": 32768, "use_sliding_window": false, "use_mrope": false
            qwen3       | "max_window_layers": 28, "sliding_window": null, "use_sliding_window": false, "head_dim": 128
            phi3        | "original_max_position_embeddings": 4096, "sliding_window": 2047, "auto_map": {"AutoConfig": "x"}, "resid_pdrop": 0.0
            phi3        | "interpolate_factor": 1, "full_attn_mod": 1, "lm_head_bias": false, "partial_rotary_factor": 0.75, "mlp_bias": false
            smollm3     | "max_window_layers": 28, "no_rope_layer_interval": 4, "pretraining_tp": 2, "use_sliding_window": false
            gemma3_text | "_sliding_window_pattern": 6, "cache_implementation": "hybrid", "query_pre_attn_scalar": 256, "rope_local_base_freq": 10000.0
            mistral     | "head_dim": 128, "sliding_window": null, "attention_dropout": 0.0
            granite     | "attention_multiplier": 0.015625, "embedding_multiplier": 12.0, "logits_scaling": 8.0, "residual_multiplier": 0.22
            olmo2       | "attention_bias": false, "clip_qkv": null
            """)
    void whatPublishedFilesCarryAlongIsRead(String family, String keys) throws IOException {
        var config = read(GOOD.replace("\"llama\", \"hidden_act\"", "\"" + family + "\", \"hidden_act\"")
                .replace("\"rope_theta\"", keys + ", \"rope_theta\""));
        assertThat(config.family()).isEqualTo(family);
        assertThat(config.warnings()).isEmpty();
    }

    @Test
    void windowsEndWhereTheyWouldMatter() throws IOException {
        var base = GOOD.replace("\"rope_theta\"", "\"sliding_window\": 100, \"rope_theta\"");
        assertThat(read(base.replace("\"llama\"", "\"mistral\"")).window()).isEqualTo(100);
        assertThat(read(GOOD.replace("\"llama\"", "\"mistral\"")).window()).isEqualTo(4096);
        var qwen = base.replace("\"llama\"", "\"qwen2\"");
        assertThat(read(qwen).window()).isEqualTo(Integer.MAX_VALUE);
        var used = qwen.replace(
                "\"rope_theta\"", "\"use_sliding_window\": true, \"max_window_layers\": 1, \"rope_theta\"");
        assertThat(read(used).window()).isEqualTo(100);
        assertThat(read(used.replace("layers\": 1", "layers\": 2")).window()).isEqualTo(Integer.MAX_VALUE);
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
