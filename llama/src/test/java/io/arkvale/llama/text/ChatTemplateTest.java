package io.arkvale.llama.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.llama.files.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatTemplateTest {

    private static final List<ChatMessage> HELLO = List.of(new ChatMessage("user", "Hello"));

    @TempDir
    private Path directory = Path.of("");

    @Test
    void aModelMayHaveNone() throws IOException {
        assertThat(ChatTemplate.read(directory)).isEmpty();
        configuration("{\"eos_token\": \"</s>\"}");
        assertThat(ChatTemplate.read(directory)).isEmpty();
    }

    @Test
    void specialTokensAreNamedByTheConfiguration() throws IOException {
        configuration("""
                {"bos_token": {"content": "<s>", "lstrip": false}, "eos_token": "</s>", "pad_token": null,
                 "chat_template": "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}{{ pad_token is defined }}"}
                """);
        assertThat(render()).isEqualTo("<s>Hello</s>False");
    }

    @Test
    void ofSeveralTheDefaultIsTaken() throws IOException {
        configuration("""
                {"chat_template": [{"name": "tool_use", "template": "no"}, {"name": "default", "template": "yes"}]}
                """);
        assertThat(render()).isEqualTo("yes");
    }

    @Test
    void aFileOfItsOwnComesFirst() throws IOException {
        configuration("{\"chat_template\": \"no\"}");
        Files.writeString(
                directory.resolve("chat_template.jinja"), "{{ messages | length }}{{ add_generation_prompt }}\n");
        assertThat(render()).isEqualTo("1True");
    }

    @Test
    void whatCannotBeRenderedIsRefusedWithItsFile() throws IOException {
        configuration("{\"chat_template\": \"{% macro a() %}{% endmacro %}\"}");
        assertThatThrownBy(() -> ChatTemplate.read(directory))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageEndingWith(
                        "tokenizer_config.json: the chat template cannot be used; line 1: the tag 'macro' is"
                                + " not supported");
        configuration("{\"chat_template\": \"{{ raise_exception('system first') }}\"}");
        assertThatThrownBy(this::render).hasMessageEndingWith("the template refuses the conversation: system first");
    }

    private String render() {
        return ChatTemplate.read(directory).orElseThrow().render(HELLO);
    }

    private void configuration(String content) throws IOException {
        Files.writeString(directory.resolve("tokenizer_config.json"), content);
    }
}
