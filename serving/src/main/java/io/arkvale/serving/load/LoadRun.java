package io.arkvale.serving.load;

import io.arkvale.llama.files.Json;
import io.arkvale.serving.load.LoadResult.Timed;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Sends the requests of a plan to a server that speaks OpenAI's completions, as streams, and times them. */
public final class LoadRun {
    private static final double NANOS = 1e9;

    private final HttpClient client;
    private final URI server;
    private final LoadPlan plan;
    private final String model;

    private LoadRun(HttpClient client, URI server, LoadPlan plan) throws IOException, InterruptedException {
        this.client = client;
        this.server = server;
        this.plan = plan;
        var models = client.send(HttpRequest.newBuilder(at("/v1/models")).build(), BodyHandlers.ofString());
        model = read(models.body()).at("/data/0/id").asString("");
        if (models.statusCode() != 200 || model.isEmpty()) {
            throw new IOException(server + " names no model at /v1/models");
        }
    }

    /**
     * Runs a plan.
     *
     * @param server its address, without a path
     * @throws IOException if there is no such server there
     */
    public static LoadResult run(URI server, LoadPlan plan) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return new LoadRun(client, server, plan).run();
        }
    }

    private URI at(String path) {
        return server.resolve(path);
    }

    private LoadResult run() throws InterruptedException, IOException {
        var random = new SplittableRandom(plan.seed());
        int longest = plan.lengths().stream().max(Integer::compare).orElseThrow();
        var beginning = words(random, Math.min(plan.shared(), longest));
        var running = new ArrayList<Future<Timed>>();
        long began = System.nanoTime();
        double arrival = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < plan.requests(); i++) {
                int length = plan.lengths().get(random.nextInt(plan.lengths().size()));
                int same = Math.min(beginning.length(), length);
                var prompt = beginning.substring(0, same) + words(random, length - same);
                long wait = began + (long) (arrival * NANOS) - System.nanoTime();
                if (wait > 0) {
                    Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
                }
                running.add(threads.submit(() -> request(prompt)));
                arrival -= Math.log(1 - random.nextDouble()) / plan.rate();
            }
            var timed = new ArrayList<Timed>();
            for (var one : running) {
                timed.add(one.get());
            }
            return new LoadResult(timed, (System.nanoTime() - began) / NANOS);
        } catch (ExecutionException e) {
            throw new IOException("a request failed: " + e.getCause(), e);
        }
    }

    /** Text of random words: letters and blanks. */
    private static String words(RandomGenerator random, int length) {
        var text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(random.nextInt(6) == 0 ? ' ' : (char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    private String body(String prompt) {
        var body = Json.MAPPER
                .createObjectNode()
                .put("model", model)
                .put("prompt", prompt)
                .put("max_tokens", plan.answerTokens())
                .put("temperature", 0)
                .put("stream", true);
        body.putObject("stream_options").put("include_usage", true);
        if (plan.budget() != null) {
            body.put("budget", plan.budget());
        }
        return body.toString();
    }

    private Timed request(String prompt) throws InterruptedException {
        var stream = new Reading(System.nanoTime());
        try {
            var response = client.send(
                    HttpRequest.newBuilder(at("/v1/completions"))
                            .POST(HttpRequest.BodyPublishers.ofString(body(prompt)))
                            .build(),
                    BodyHandlers.ofLines());
            try (var lines = response.body()) {
                stream.read(response.statusCode(), lines);
            }
        } catch (IOException e) {
            stream.error = String.valueOf(e.getMessage());
        }
        return stream.timed();
    }

    private static JsonNode read(String json) throws IOException {
        try {
            return Json.MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw new IOException("the server's reply is not JSON", e);
        }
    }

    /** An answer as it is read. */
    private static final class Reading {
        private final long began;
        private double first = Double.NaN;
        private JsonNode usage = Json.MAPPER.createObjectNode();
        private boolean whole;
        private @Nullable String error;

        Reading(long began) {
            this.began = began;
        }

        void read(int status, Stream<String> lines) throws IOException {
            for (var line : (Iterable<String>) lines::iterator) {
                if (status != 200) {
                    error = LoadRun.read(line).at("/error/message").asString("status " + status);
                    return;
                }
                if (line.equals("data: [DONE]")) {
                    whole = true;
                } else if (line.startsWith("data: ")) {
                    take(LoadRun.read(line.substring("data: ".length())));
                }
            }
        }

        private void take(JsonNode event) {
            if (event.has("error")) {
                error = event.at("/error/message").asString("an error");
            } else if (event.has("usage")) {
                usage = event.get("usage");
            } else if (Double.isNaN(first)
                    && !event.at("/choices/0/text").asString("").isEmpty()) {
                first = (System.nanoTime() - began) / NANOS;
            }
        }

        Timed timed() {
            if (error == null && !whole) {
                error = "the stream ended before its answer";
            }
            return new Timed(
                    first,
                    (System.nanoTime() - began) / NANOS,
                    usage.path("prompt_tokens").intValue(0),
                    usage.at("/prompt_tokens_details/cached_tokens").intValue(0),
                    usage.path("completion_tokens").intValue(0),
                    error);
        }
    }
}
