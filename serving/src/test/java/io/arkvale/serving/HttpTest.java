package io.arkvale.serving;

import static io.arkvale.serving.Serving.budget;
import static io.arkvale.serving.Serving.shape;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.llama.files.Json;
import io.arkvale.serving.EngineOptions.Residence;
import io.arkvale.serving.http.HttpLimits;
import io.arkvale.serving.http.HttpService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpTest {
    private static final HttpLimits LIMITS =
            new HttpLimits(20_000, 40, 100, Duration.ofSeconds(30), Duration.ofSeconds(60));

    private Serving serving;
    private Engine engine;
    private HttpService service;
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        serving = new Serving(directory);
        var spec = shape().roomFor(budget(64), 600, 4).build();
        engine = serving.engine(spec, new EngineOptions(64, 8, 100, 8, Residence.BUDGET));
        service = serving.http(engine, "tiny", LIMITS);
    }

    @AfterAll
    void stop() {
        service.close();
        engine.close();
        serving.close();
        client.close();
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + service.address().getPort() + path));
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return client.send(
                to(path).POST(HttpRequest.BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(to(path).build(), BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) {
        return Json.MAPPER.readTree(response.body());
    }

    private String solo(String prompt, int tokens) {
        var request = Request.greedy(Text.prompt(serving.tokenizer.encode(prompt.getBytes(UTF_8))), tokens, budget(64));
        return new String(serving.tokenizer.decodeMore(serving.solo(request)), UTF_8);
    }

    @Test
    void aCompletionIsTheSoloRunsText() throws Exception {
        var response = post("/v1/completions", """
                {"model": "tiny", "prompt": "some words", "max_tokens": 12, "temperature": 0}""");
        assertThat(response.statusCode()).isEqualTo(200);
        var reply = json(response);
        assertThat(reply.at("/choices/0/text").asString()).isEqualTo(solo("some words", 12));
        assertThat(reply.at("/choices/0/finish_reason").asString()).isEqualTo("length");
        assertThat(reply.at("/usage/prompt_tokens").intValue()).isEqualTo(10);
        assertThat(reply.at("/usage/completion_tokens").intValue()).isEqualTo(12);
    }

    @Test
    void aChatIsStreamedInParts() throws Exception {
        var response = post("/v1/chat/completions", """
                {"model": "tiny", "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}],
                 "max_completion_tokens": 9, "temperature": 0, "stream": true,
                 "stream_options": {"include_usage": true}}""");
        assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
        var events = response.body()
                .lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring(6))
                .toList();
        assertThat(events.getLast()).isEqualTo("[DONE]");
        var text = new StringBuilder();
        var parts = new ArrayList<JsonNode>();
        events.subList(0, events.size() - 1).forEach(event -> parts.add(Json.MAPPER.readTree(event)));
        parts.forEach(part -> text.append(part.at("/choices/0/delta/content").asString("")));
        assertThat(text.toString()).isEqualTo(solo("<user>hi<assistant>", 9));
        assertThat(parts.getFirst().at("/choices/0/delta/role").asString()).isEqualTo("assistant");
        assertThat(parts.getLast().at("/usage/completion_tokens").intValue()).isEqualTo(9);
    }

    @Test
    void modelsHealthAndMetricsAreThere() throws Exception {
        assertThat(json(get("/v1/models")).at("/data/0/id").asString()).isEqualTo("tiny");
        assertThat(get("/health").statusCode()).isEqualTo(200);
        var metrics = get("/metrics");
        assertThat(metrics.body())
                .contains("# TYPE arkvale_requests_running gauge\n")
                .containsPattern("arkvale_requests_ended_total\\{finish=\"length\"} \\d+\n")
                .contains("arkvale_device_slots " + engine.spec().deviceSlots() + "\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "400 | not JSON | no json at all",
                "400 | no JSON object | [1, 2]",
                "400 | not JSON, or names a field twice; see line 1, column 17 | {\"model\": \"tiny\"",
                "400 | not JSON | {\"model\": \"tiny\", \"model\": \"tiny\"}",
                "400 | model is missing; allowed: tiny | {}",
                "404 | allowed: tiny | {\"model\": \"gpt\", \"prompt\": \"a\"}",
                "400 | model is 5; allowed: a text | {\"model\": 5, \"prompt\": \"a\"}",
                "400 | prompt is missing | {\"model\": \"tiny\"}",
                "400 | prompt is no prompt | {\"model\": \"tiny\", \"prompt\": {}}",
                "400 | prompt is no prompt | {\"model\": \"tiny\", \"prompt\": []}",
                "400 | token 1 of prompt | {\"model\": \"tiny\", \"prompt\": [1, -1]}",
                "400 | vocabulary | {\"model\": \"tiny\", \"prompt\": [1, 256]}",
                "400 | prompt is empty | {\"model\": \"tiny\", \"prompt\": \"\"}",
                "400 | allowed: a whole number from 1 to 40 | {\"model\": \"tiny\", \"prompt\": \"a\", \"max_tokens\": 1e400}",
                "400 | allowed: a whole number from 1 to 40 | {\"model\": \"tiny\", \"prompt\": \"a\", \"max_tokens\": 99999999999999999999}",
                "400 | allowed: a whole number from 1 to 40 | {\"model\": \"tiny\", \"prompt\": \"a\", \"max_tokens\": \"5\"}",
                "400 | allowed: a whole number from 1 to 40 | {\"model\": \"tiny\", \"prompt\": \"a\", \"max_tokens\": 0}",
                "400 | temperature is -1 | {\"model\": \"tiny\", \"prompt\": \"a\", \"temperature\": -1}",
                "400 | n is 3; allowed: 1 | {\"model\": \"tiny\", \"prompt\": \"a\", \"n\": 3}",
                "400 | allowed: a text, or a list | {\"model\": \"tiny\", \"prompt\": \"a\", \"stop\": [1]}",
                "400 | is empty | {\"model\": \"tiny\", \"prompt\": \"a\", \"stop\": [\"\"]}",
                "400 | true or false | {\"model\": \"tiny\", \"prompt\": \"a\", \"stream\": \"yes\"}",
                "400 | no field | {\"model\": \"tiny\", \"prompt\": \"a\", \"tempratur\": 1}",
                "400 | budget is 3; | {\"model\": \"tiny\", \"prompt\": \"a\", \"budget\": 3}",
                "400 | penalty is 0.5; allowed: 0 | {\"model\": \"tiny\", \"prompt\": \"a\", \"presence_penalty\": 0.5}",
            })
    void aHostileRequestGetsASentence(int status, String words, String body) throws Exception {
        var response = post("/v1/completions", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(json(response).at("/error/message").asString()).contains(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "messages is missing | {\"model\": \"tiny\"}",
                "messages is no list | {\"model\": \"tiny\", \"messages\": \"hi\"}",
                "messages is no list | {\"model\": \"tiny\", \"messages\": []}",
                "messages[0] is 5; allowed: an object | {\"model\": \"tiny\", \"messages\": [5]}",
                "messages[0].content is missing | {\"model\": \"tiny\", \"messages\": [{\"role\": \"user\"}]}",
                "messages[0].content is | {\"model\": \"tiny\", \"messages\": [{\"role\": \"user\", \"content\": 1e999}]}",
                "messages[0].content[0] is a list | {\"model\": \"tiny\", \"messages\": [{\"role\": \"user\", \"content\": [[]]}]}",
                "messages[0].content[0].type is \"image | {\"model\": \"tiny\", \"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}]}",
                "tools is a list | {\"model\": \"tiny\", \"messages\": [{\"role\": \"user\", \"content\": \"a\"}], \"tools\": [1]}",
                "top_p is 0 | {\"model\": \"tiny\", \"messages\": [{\"role\": \"user\", \"content\": \"a\"}], \"top_p\": 0}",
                "seed is 1.0E30; allowed: a whole number | {\"model\": \"tiny\", \"messages\": [{\"role\": \"user\", \"content\": \"a\"}], \"seed\": 1e30}",
            })
    void aHostileChatGetsASentence(String words, String body) throws Exception {
        var response = post("/v1/chat/completions", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(json(response).at("/error/message").asString()).contains(words);
    }

    /** What is not HTTP, or HTTP of absurd lengths, is refused or dropped, and others go on. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\0\1\2\r\n\r\n",
                "GET\r\n\r\n",
                "GET /health HTTP/9.9\r\nHost x\r\n\r\n",
                "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
                "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "POST /v1/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffff\r\n",
                "POST /v1/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
                "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
                "LONG"
            })
    void whatIsNotHttpHoldsNobodyUp(String sent) throws Exception {
        var bytes = sent.equals("LONG") ? "GET /health HTTP/1.1\r\nHost: x\r\nX: ".concat("y".repeat(1 << 20)) : sent;
        try (var socket =
                new Socket(InetAddress.getLoopbackAddress(), service.address().getPort())) {
            socket.setSoTimeout(5000);
            try {
                socket.getOutputStream().write(bytes.getBytes(UTF_8));
                socket.shutdownOutput();
                var reply = new String(socket.getInputStream().readAllBytes(), UTF_8);
                assertThat(reply).doesNotStartWith("HTTP/1.1 5");
            } catch (SocketException e) {
                // Dropped in the middle.
            }
        }
        var response = post("/v1/completions", """
                {"model": "tiny", "prompt": "some words", "max_tokens": 3, "temperature": 0}""");
        assertThat(json(response).at("/choices/0/text").asString()).isEqualTo(solo("some words", 3));
    }

    @Test
    void textsThatAreTooLongAndPathsThatAreNotThereAreRefused() throws Exception {
        var longText = "a".repeat(3000);
        var tooMany = post("/v1/completions", "{\"model\": \"tiny\", \"prompt\": \"" + longText + "\"}");
        assertThat(tooMany.statusCode()).isEqualTo(400);
        assertThat(tooMany.body()).contains("allowed: 2048");
        assertThat(post("/v1/completions", "x".repeat(30_000)).statusCode()).isEqualTo(413);
        assertThat(post("/v1/completions", "[".repeat(15_000)).statusCode()).isEqualTo(400);
        assertThat(get("/v1/nothing").statusCode()).isEqualTo(404);
        assertThat(get("/v1/completions").statusCode()).isEqualTo(405);
        assertThat(post("/v1/chat/completions", "{\"model\": \"tiny\", \"messages\": [{\"role\": \"king\"}]}")
                        .body())
                .contains("messages[0].role");
    }

    @Test
    void randomBytesNeverGetAServersError() throws Exception {
        var random = new Random(23);
        var sound = "{\"model\": \"tiny\", \"prompt\": \"abc\", \"max_tokens\": 2, \"stop\": [\"x\"]}".getBytes(UTF_8);
        for (int i = 0; i < 100; i++) {
            var body = sound.clone();
            for (int change = random.nextInt(3); change >= 0; change--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            var response = client.send(
                    to("/v1/completions")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(response.statusCode()).as(new String(body, UTF_8)).isLessThan(500);
        }
    }

    /** Clients that send half a request, or leave in the middle of their stream, hold nobody up. */
    @Test
    void clientsThatStopHoldNobodyUp() throws Exception {
        var sockets = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 50; i++) {
                var socket = new Socket(
                        InetAddress.getLoopbackAddress(), service.address().getPort());
                sockets.add(socket);
                var body = "{\"model\": \"tiny\", \"prompt\": \"abc\", \"max_tokens\": 40, \"stream\": true}";
                var head = "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n";
                var bytes = (head + body).getBytes(UTF_8);
                socket.getOutputStream().write(bytes, 0, i % 2 == 0 ? bytes.length : bytes.length / 2);
                if (i % 4 == 0) {
                    socket.close();
                }
            }
            for (int i = 0; i < 5; i++) {
                var response = post("/v1/completions", """
                        {"model": "tiny", "prompt": "some words", "max_tokens": 12, "temperature": 0}""");
                assertThat(json(response).at("/choices/0/text").asString()).isEqualTo(solo("some words", 12));
            }
        } finally {
            for (var socket : sockets) {
                socket.close();
            }
        }
        assertThat(get("/health").statusCode()).isEqualTo(200);
    }
}
