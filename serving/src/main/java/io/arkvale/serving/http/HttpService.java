package io.arkvale.serving.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import io.arkvale.api.ImmediateException;
import io.arkvale.llama.files.Json;
import io.arkvale.serving.Answer;
import io.arkvale.serving.Engine;
import io.arkvale.serving.RefusedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An HTTP server over an engine: {@code /v1/completions}, {@code /v1/chat/completions}, {@code /v1/models}, {@code /metrics}
 * and {@code /health}. Each request has a virtual thread, which waits for the engine.
 */
public final class HttpService implements AutoCloseable {
    /** While nothing comes, a stream says so at times, which shows whether its client is still there. */
    private static final long SECONDS_OF_SILENCE = 10;

    private final Engine engine;
    private final ServedModel model;
    private final HttpPort port;
    private final HttpLimits limits;
    private final RequestReader reader;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicLong numbers = new AtomicLong();
    private final long started = System.currentTimeMillis() / 1000;

    private HttpService(Engine engine, ServedModel model, HttpPort port) {
        this.engine = engine;
        this.model = model;
        this.port = port;
        limits = port.limits();
        reader = new RequestReader(model, limits, engine.longest());
    }

    /**
     * Begins to answer.
     *
     * @param engine stays its owner's, and is closed after the service
     * @param port closed with the service
     */
    public static HttpService start(Engine engine, ServedModel model, HttpPort port) {
        var service = new HttpService(engine, model, port);
        port.server().setExecutor(service.threads);
        port.server().createContext("/", service::handle);
        port.server().start();
        return service;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return port.address();
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            try {
                route(exchange);
            } catch (HttpError e) {
                send(exchange, e.status(), Replies.error(e.status(), String.valueOf(e.getMessage()), e.field()));
            } catch (RefusedException e) {
                int status = switch (e.cure()) {
                    case CHANGE -> 400;
                    case RETRY -> 429;
                    case NONE -> 503;
                };
                if (status == 429) {
                    exchange.getResponseHeaders().set("Retry-After", "1");
                }
                send(exchange, status, Replies.error(status, String.valueOf(e.getMessage()), null));
            } catch (IllegalArgumentException | ImmediateException e) {
                send(exchange, 400, Replies.error(400, String.valueOf(e.getMessage()), null));
            }
        } catch (IOException e) {
            // The client has gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the service is closing
        }
    }

    private void route(HttpExchange exchange) throws IOException, InterruptedException {
        var path = exchange.getRequestURI().getPath();
        switch (path == null ? "" : path) {
            case "/v1/completions" -> answer(exchange, reader.completion(body(exchange)));
            case "/v1/chat/completions" -> answer(exchange, reader.chat(body(exchange)));
            case "/v1/models" -> {
                require(exchange, "GET");
                send(exchange, 200, models());
            }
            case "/metrics" -> {
                require(exchange, "GET");
                send(
                        exchange,
                        200,
                        "text/plain; version=0.0.4; charset=utf-8",
                        PrometheusText.of(engine.status(), engine.spec()).getBytes(UTF_8));
            }
            case "/health" -> {
                require(exchange, "GET");
                var failure = engine.failure();
                if (failure != null) {
                    throw new HttpError(503, "the engine has ended: " + failure.getMessage(), null);
                }
                send(exchange, 200, Json.MAPPER.createObjectNode().put("status", "ok"));
            }
            default ->
                throw new HttpError(
                        404,
                        "there is nothing at this path; allowed: /v1/completions, /v1/chat/completions, /v1/models,"
                                + " /metrics, /health",
                        null);
        }
    }

    private static void require(HttpExchange exchange, String method) {
        if (!exchange.getRequestMethod().equals(method)) {
            exchange.getResponseHeaders().set("Allow", method);
            throw new HttpError(405, "this path has no such method; allowed: " + method, null);
        }
    }

    private byte[] body(HttpExchange exchange) throws IOException {
        require(exchange, "POST");
        byte[] body = exchange.getRequestBody().readNBytes(limits.bodyBytes() + 1);
        if (body.length > limits.bodyBytes()) {
            throw new HttpError(413, "the body is too long; allowed: " + limits.bodyBytes() + " bytes", null);
        }
        return body;
    }

    private ObjectNode models() {
        var reply = Json.MAPPER.createObjectNode().put("object", "list");
        reply.putArray("data")
                .addObject()
                .put("id", model.name())
                .put("object", "model")
                .put("created", started)
                .put("owned_by", "arkvale");
        return reply;
    }

    private void answer(HttpExchange exchange, Asked asked) throws IOException, InterruptedException {
        var coming = new Coming();
        var ticket = engine.submit(asked.request(), coming);
        try {
            var replies = new Replies(
                    numbers.incrementAndGet(), model.name(), asked.chat(), System.currentTimeMillis() / 1000);
            if (asked.stream()) {
                stream(exchange, asked, coming, replies);
            } else {
                whole(exchange, coming, replies);
            }
        } finally {
            ticket.cancel();
        }
    }

    private void whole(HttpExchange exchange, Coming coming, Replies replies) throws IOException, InterruptedException {
        var text = new ByteArrayOutputStream();
        while (true) {
            switch (coming.next()) {
                case Coming.More more -> text.writeBytes(more.text());
                case Coming.End end -> {
                    var error = error(end.answer());
                    if (error != null) {
                        throw error;
                    }
                    send(exchange, 200, replies.whole(text.toString(UTF_8), end.answer()));
                    return;
                }
            }
        }
    }

    private void stream(HttpExchange exchange, Asked asked, Coming coming, Replies replies)
            throws IOException, InterruptedException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
        exchange.getResponseHeaders().set("Cache-Control", "no-cache");
        exchange.sendResponseHeaders(200, 0);
        try (var out = exchange.getResponseBody()) {
            boolean first = true;
            while (true) {
                switch (coming.next(SECONDS_OF_SILENCE)) {
                    case null -> write(out, ": waiting\n\n");
                    case Coming.More more -> {
                        event(out, replies.part(new String(more.text(), UTF_8), first));
                        first = false;
                    }
                    case Coming.End end -> {
                        var error = error(end.answer());
                        if (error != null) {
                            event(out, Replies.error(error.status(), String.valueOf(error.getMessage()), null));
                            return;
                        }
                        event(out, replies.end(end.answer()));
                        if (asked.usage()) {
                            event(out, replies.usage(end.answer()));
                        }
                        write(out, "data: [DONE]\n\n");
                        return;
                    }
                }
            }
        }
    }

    /** What an answer that is none is to its client. */
    private @Nullable HttpError error(Answer answer) {
        return switch (answer.finish()) {
            case STOP, LENGTH -> null;
            case TIME_LIMIT ->
                new HttpError(
                        408,
                        "the answer was not ready within " + limits.answerTime().toSeconds()
                                + " seconds; ask for fewer tokens, or try again later",
                        null);
            case FAILED -> new HttpError(500, String.valueOf(answer.error()), null);
            case CANCELLED -> new HttpError(503, "the server is closing", null);
        };
    }

    private static void event(OutputStream out, ObjectNode reply) throws IOException {
        write(out, "data: " + reply + "\n\n");
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(UTF_8));
        out.flush();
    }

    private static void send(HttpExchange exchange, int status, ObjectNode reply) throws IOException {
        send(
                exchange,
                status,
                "application/json; charset=utf-8",
                reply.toString().getBytes(UTF_8));
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    /** Listens no more, and ends what is being served. */
    @Override
    public void close() {
        port.close();
        threads.shutdownNow();
    }
}
