package io.arkvale.llama.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.llama.files.Json;
import io.arkvale.llama.files.ModelFormatException;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Four real tokenizers and their chat templates beside what Python does with them. Not part of the default build: {@code
 * llama/src/test/real-tokenizers} takes the files and runs it.
 */
class RealTokenizersCheck {

    private static final Path FILES = Path.of("target/real-tokenizers");

    @ParameterizedTest
    @ValueSource(strings = {"llama3", "qwen3", "llama2", "gemma3"})
    void tokensTextAndStreamsAreThoseOfPython(String name) {
        var expected = Json.read(FILES.resolve(name, "expected.json"));
        int tokens = 0;
        try (var tokenizer = Tokenizer.forModel(FILES.resolve(name), Integer.MAX_VALUE)) {
            for (var line : expected.path("lines")) {
                var text = line.path("text").asString();
                int[] words = ints(line.path("words"));
                assertThat(tokenizer.encode(text.getBytes(UTF_8))).as(text).containsExactly(ints(line.path("ids")));
                assertThat(tokenizer.encodeMarked(text.getBytes(UTF_8))).containsExactly(words);
                var decoded = line.path("decoded").asString();
                assertThat(new String(tokenizer.decode(words), UTF_8)).isEqualTo(decoded);
                var stream = tokenizer.stream();
                var streamed = new ByteArrayOutputStream();
                for (int token : words) {
                    streamed.writeBytes(stream.add(token));
                }
                streamed.writeBytes(stream.end());
                assertThat(streamed.toByteArray()).isEqualTo(tokenizer.decodeMore(words));
                tokens += words.length;
            }
        }
        System.out.println(name + ": " + expected.path("lines").size() + " lines, " + tokens + " tokens equal");
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3", "qwen3", "llama2", "gemma3"})
    void conversationsAreWrittenAsByTransformers(String name) {
        var template = ChatTemplate.read(FILES.resolve(name)).orElseThrow();
        int equal = 0;
        int refused = 0;
        for (var chat : Json.read(FILES.resolve(name, "expected.json")).path("chats")) {
            var messages = new ArrayList<ChatMessage>();
            for (var message : chat.path("messages")) {
                messages.add(new ChatMessage(
                        message.path("role").asString(), message.path("content").asString()));
            }
            if (chat.path("text").isNull()) {
                assertThatThrownBy(() -> template.render(messages)).isInstanceOf(ModelFormatException.class);
                refused++;
            } else {
                assertThat(template.render(messages))
                        .isEqualTo(chat.path("text").asString());
                equal++;
            }
        }
        System.out.println(name + ": " + equal + " conversations equal, " + refused + " refused as by transformers");
    }

    private static int[] ints(JsonNode list) {
        return IntStream.range(0, list.size()).map(i -> list.get(i).asInt()).toArray();
    }
}
