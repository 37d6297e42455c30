package io.arkvale.llama.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.llama.files.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndTokensTest {

    @TempDir
    private Path directory = Path.of("");

    @Test
    void theGenerationsConfigurationComesFirst() throws IOException {
        write("config.json", "{\"eos_token_id\": 7}");
        assertThat(EndTokens.read(directory).tokens()).containsExactly(7);
        write("generation_config.json", "{\"temperature\": 1}");
        assertThat(EndTokens.read(directory).tokens()).containsExactly(7);
        write("generation_config.json", "{\"eos_token_id\": [3, 5]}");
        assertThat(EndTokens.read(directory).tokens()).containsExactlyInAnyOrder(3, 5);
        assertThat(EndTokens.read(directory).contains(7)).isFalse();
    }

    @Test
    void aModelMayNameNone() throws IOException {
        assertThat(EndTokens.read(directory).tokens()).isEmpty();
        write("config.json", "{\"eos_token_id\": null}");
        assertThat(EndTokens.read(directory).tokens()).isEmpty();
    }

    @Test
    void whatIsNoTokenIsNamed() throws IOException {
        write("config.json", "{\"eos_token_id\": \"</s>\"}");
        assertThatThrownBy(() -> EndTokens.read(directory))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("config.json: eos_token_id is \"</s>\", but must be");
        write("config.json", "{\"eos_token_id\": [1, -2]}");
        assertThatThrownBy(() -> EndTokens.read(directory)).hasMessageContaining("[1,-2]");
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(directory.resolve(name), content);
    }
}
