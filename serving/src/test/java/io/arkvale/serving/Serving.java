package io.arkvale.serving;

import io.arkvale.api.Backend;
import io.arkvale.api.Backends;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.KvCache;
import io.arkvale.api.SequenceSpec;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.llama.Generation;
import io.arkvale.llama.Llama;
import io.arkvale.llama.attention.CacheAttention;
import io.arkvale.llama.files.ModelFiles;
import io.arkvale.llama.files.SafeTensorsWriter;
import io.arkvale.llama.files.TensorType;
import io.arkvale.llama.text.ByteTokenizer;
import io.arkvale.llama.text.ChatTemplate;
import io.arkvale.llama.text.EndTokens;
import io.arkvale.llama.text.Tokenizer;
import io.arkvale.serving.http.HttpLimits;
import io.arkvale.serving.http.HttpPort;
import io.arkvale.serving.http.HttpService;
import io.arkvale.serving.http.ServedModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A tiny random model with one token per byte, a backend, and engines over caches of it. */
public final class Serving implements AutoCloseable {
    public static final int PAGE = 8;
    static final int LAYERS = 3;
    private static final int HIDDEN = 32;
    private static final int HEADS = 4;
    static final int KV_HEADS = 2;
    private static final int HEAD_DIM = 8;
    private static final int INNER = 48;
    public static final int MOST_TOKENS = 2048;

    public final Tokenizer tokenizer = new ByteTokenizer();
    public final Llama model;
    /** {@code -Darkvale.threads=16} for long runs on a machine that has them. */
    private static final int THREADS = Integer.getInteger("arkvale.threads", 1);

    public final Backend backend = Backends.create("cpu", Map.of("threads", String.valueOf(THREADS)));
    private final Path directory;
    private final WorkerPool pool = new WorkerPool(THREADS, "serving-test");

    public Serving(Path directory) throws IOException {
        this(directory, MOST_TOKENS);
    }

    /** With a model that takes texts of so many tokens. */
    Serving(Path directory, int mostTokens) throws IOException {
        this.directory = directory;
        write(directory, mostTokens);
        model = Llama.load(directory, DenseKernels.vector(), pool);
    }

    /** A server of an engine at a free port of this machine, whose model has a chat template. */
    HttpService http(Engine engine, String name, HttpLimits limits) throws IOException {
        var served = new ServedModel(name, tokenizer, ChatTemplate.read(directory), budget(64), Serving::budget);
        var port = HttpPort.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), limits);
        return HttpService.start(engine, served, port);
    }

    private static void write(Path directory, int mostTokens) throws IOException {
        Files.writeString(
                directory.resolve("chat_template.jinja"),
                "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}<assistant>");
        Files.writeString(directory.resolve("config.json"), """
                {"model_type": "llama", "hidden_size": %d, "intermediate_size": %d, "num_hidden_layers": %d,
                 "num_attention_heads": %d, "num_key_value_heads": %d, "head_dim": %d, "vocab_size": 256,
                 "max_position_embeddings": %d, "rms_norm_eps": 1e-5, "rope_theta": 10000,
                 "tie_word_embeddings": true}""".formatted(
                        HIDDEN, INNER, LAYERS, HEADS, KV_HEADS, HEAD_DIM, mostTokens));
        var shapes = new LinkedHashMap<String, List<Long>>();
        shapes.put("model.embed_tokens.weight", List.of(256L, (long) HIDDEN));
        for (int layer = 0; layer < LAYERS; layer++) {
            String prefix = "model.layers." + layer + ".";
            shapes.put(prefix + "input_layernorm.weight", List.of((long) HIDDEN));
            shapes.put(prefix + "self_attn.q_proj.weight", List.of((long) HEADS * HEAD_DIM, (long) HIDDEN));
            shapes.put(prefix + "self_attn.k_proj.weight", List.of((long) KV_HEADS * HEAD_DIM, (long) HIDDEN));
            shapes.put(prefix + "self_attn.v_proj.weight", List.of((long) KV_HEADS * HEAD_DIM, (long) HIDDEN));
            shapes.put(prefix + "self_attn.o_proj.weight", List.of((long) HIDDEN, (long) HEADS * HEAD_DIM));
            shapes.put(prefix + "post_attention_layernorm.weight", List.of((long) HIDDEN));
            shapes.put(prefix + "mlp.gate_proj.weight", List.of((long) INNER, (long) HIDDEN));
            shapes.put(prefix + "mlp.up_proj.weight", List.of((long) INNER, (long) HIDDEN));
            shapes.put(prefix + "mlp.down_proj.weight", List.of((long) HIDDEN, (long) INNER));
        }
        shapes.put("model.norm.weight", List.of((long) HIDDEN));
        var declarations = shapes.entrySet().stream()
                .map(entry -> new SafeTensorsWriter.Declaration(entry.getKey(), TensorType.F32, entry.getValue()))
                .toList();
        var random = new Random(3);
        try (var writer = SafeTensorsWriter.create(directory.resolve(ModelFiles.FILE), declarations, Map.of())) {
            for (var declaration : declarations) {
                int count =
                        declaration.shape().stream().mapToInt(Long::intValue).reduce(1, (a, b) -> a * b);
                double inputs = declaration.shape().getLast().doubleValue();
                var values = new float[count];
                for (int i = 0; i < count; i++) {
                    // Larger than usual, so that attention is sharp and answers vary.
                    values[i] = (float) (random.nextGaussian() * 2.5 / Math.sqrt(inputs));
                }
                writer.append(values, 0, count);
            }
        }
    }

    /** A budget, of which layer 0 is free. */
    public static SequenceSpec budget(int tokens) {
        return SequenceSpec.builder(PAGE).budgetTokens(tokens).denseLayers(1).build();
    }

    public static CacheSpec.Builder shape() {
        return CacheSpec.builder(LAYERS, HEADS, KV_HEADS, HEAD_DIM).pageSize(PAGE);
    }

    public Engine engine(CacheSpec spec, EngineOptions options) {
        return engine(backend, spec, options);
    }

    /** An engine over another backend, which stays its owner's. */
    Engine engine(Backend other, CacheSpec spec, EngineOptions options) {
        return Engine.open(model, tokenizer, new EndTokens(Set.of()), other, spec, options);
    }

    Engine engine(CacheSpec spec, EngineOptions options, UnaryOperator<KvCache> faults) {
        return new Engine(model, tokenizer, new EndTokens(Set.of()), faults.apply(backend.open(spec)), options);
    }

    /** What a request's answer must be: the same text alone in a cache of its own, by the decoder's plain passes. */
    int[] solo(Request request) {
        return solo(shape(), request);
    }

    /** The same in a cache of another shape. */
    int[] solo(CacheSpec.Builder shape, Request request) {
        int[] prompt = request.text().tokens();
        var spec = shape.roomFor(request.settings(), prompt.length + request.maxTokens(), 1)
                .build();
        try (var cache = backend.open(spec);
                var sequence = cache.begin(request.settings());
                var attention = new CacheAttention(cache, List.of(sequence), 0)) {
            var logits = model.prefill().run(prompt, 0, attention);
            return new Generation(model, attention)
                    .continueGreedily(logits, prompt.length, request.maxTokens(), token -> false);
        }
    }

    static int[] words(Random random, int length) {
        return random.ints(length, 'a', 'z' + 1).toArray();
    }

    /** Keeps what it hears. */
    static class Heard implements Listener {
        final CompletableFuture<Answer> answer = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private volatile boolean afterTheEnd;
        private Engine.@Nullable Ticket ticket;

        @Override
        public synchronized void text(byte[] more) {
            afterTheEnd |= answer.isDone();
            bytes.writeBytes(more);
        }

        @Override
        public void done(Answer ended) {
            afterTheEnd |= !answer.complete(ended);
        }

        synchronized byte[] bytes() {
            return bytes.toByteArray();
        }

        boolean heardAfterTheEnd() {
            return afterTheEnd;
        }

        /** Gives the request up. */
        void cancel() {
            Objects.requireNonNull(ticket).cancel();
        }

        Answer await() {
            return answer.join();
        }
    }

    static Heard submit(Engine engine, Request request) {
        var heard = new Heard();
        heard.ticket = engine.submit(request, heard);
        return heard;
    }

    static List<Heard> submit(Engine engine, List<Request> requests) {
        var all = new ArrayList<Heard>();
        requests.forEach(request -> all.add(submit(engine, request)));
        return all;
    }

    @Override
    public void close() {
        backend.close();
        model.close();
        pool.close();
    }
}
