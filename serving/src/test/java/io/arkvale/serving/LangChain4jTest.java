package io.arkvale.serving;

import static io.arkvale.serving.Serving.budget;
import static io.arkvale.serving.Serving.shape;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import io.arkvale.serving.http.HttpLimits;
import io.arkvale.serving.http.HttpService;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** LangChain4j, which knows nothing of this server, gets the answers that the model gives alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LangChain4jTest {
    private static final int TOKENS = 12;

    private Serving serving;
    private Engine engine;
    private HttpService service;
    private String url;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        serving = new Serving(directory);
        engine = serving.engine(shape().roomFor(budget(64), 600, 4).build(), EngineOptions.usual());
        service = serving.http(engine, "tiny", HttpLimits.usual());
        url = "http://127.0.0.1:" + service.address().getPort() + "/v1";
    }

    @AfterAll
    void stop() {
        service.close();
        engine.close();
        serving.close();
    }

    private String solo(String prompt) {
        var request = Request.greedy(Text.prompt(serving.tokenizer.encode(prompt.getBytes(UTF_8))), TOKENS, budget(64));
        return new String(serving.tokenizer.decodeMore(serving.solo(request)), UTF_8);
    }

    private OpenAiChatModel.OpenAiChatModelBuilder client() {
        return OpenAiChatModel.builder()
                .baseUrl(url)
                .apiKey("none")
                .modelName("tiny")
                .temperature(0.0)
                .maxTokens(TOKENS)
                .maxRetries(0);
    }

    @Test
    void aChatHasTheSoloRunsText() {
        assertThat(client().build().chat("hello")).isEqualTo(solo("<user>hello<assistant>"));
    }

    @Test
    void aStreamHasTheSoloRunsText() {
        var whole = new CompletableFuture<String>();
        var parts = new StringBuilder();
        OpenAiStreamingChatModel.builder()
                .baseUrl(url)
                .apiKey("none")
                .modelName("tiny")
                .temperature(0.0)
                .maxTokens(TOKENS)
                .build()
                .chat("hello", new StreamingChatResponseHandler() {
                    @Override
                    public void onPartialResponse(String part) {
                        parts.append(part);
                    }

                    @Override
                    public void onCompleteResponse(ChatResponse response) {
                        whole.complete(response.aiMessage().text());
                    }

                    @Override
                    public void onError(Throwable error) {
                        whole.completeExceptionally(error);
                    }
                });
        assertThat(whole.join()).isEqualTo(solo("<user>hello<assistant>")).isEqualTo(parts.toString());
    }

    @Test
    void anUnknownModelIsAnErrorWithItsSentence() {
        var client = client().modelName("gpt").build();
        assertThatThrownBy(() -> client.chat("hello"))
                .hasMessageContaining("there is no model of this name; allowed: tiny");
    }
}
