package io.arkvale.llama.cuda;

import io.arkvale.api.Backends;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.ElementType;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.llama.Generation;
import io.arkvale.llama.Llama;
import io.arkvale.llama.Logits;
import io.arkvale.llama.QueuedDecoder;
import io.arkvale.llama.QueuedPrefill;
import io.arkvale.llama.forward.DenseDevices;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A model on the GPU beside the same model on the CPU: logits after a prompt and the greedy tokens that follow, with attention
 * on the host, and with prefill and decode by the cache of backend {@code cuda} while nothing waits for the host.
 *
 * <p>Usage: {@code SameAsCpu TOKENS NEW DIRECTORY ...}, on a machine with a GPU; ends with 1 if float32 gives other tokens, or
 * logits beyond their bound.
 */
public final class SameAsCpu {
    private static final int PAGE = 16;
    private static final int SEQUENCES = 3;

    /** Tokens of a prefill's chunk: more than own products take, and no divisor of the prompt. */
    private static final int CHUNK = 24;

    /**
     * Largest difference of logits over the largest logit, in units of the type's rounding. In float32 the device's sine
     * and cosine show, which the CPU takes in float64.
     */
    private static double bound(ElementType type) {
        return (type == ElementType.F32 ? 64 : 16) * type.unitRoundoff();
    }

    private final int[] prompt;
    private final int more;

    private SameAsCpu(int[] prompt, int more) {
        this.prompt = prompt;
        this.more = more;
    }

    /** What came of one way to compute. */
    @SuppressWarnings("ArrayRecordComponent")
    record Outcome(float[] logits, int[] tokens) {

        double distance(Outcome other) {
            double most = 0;
            double largest = 0;
            for (int i = 0; i < logits.length; i++) {
                most = Math.max(most, Math.abs((double) logits[i] - other.logits[i]));
                largest = Math.max(largest, Math.abs((double) logits[i]));
            }
            return most / largest;
        }

        int agreeing(Outcome other) {
            int mismatch = Arrays.mismatch(tokens, other.tokens);
            return mismatch < 0 ? tokens.length : mismatch;
        }
    }

    public static void main(String[] arguments) throws Exception {
        int length = Integer.parseInt(arguments[0]);
        int more = Integer.parseInt(arguments[1]);
        boolean right = true;
        try (var pool = new WorkerPool(2, "same-as-cpu")) {
            for (var directory : Arrays.copyOfRange(arguments, 2, arguments.length)) {
                right &= compare(Path.of(directory), length, more, pool);
            }
        }
        System.out.println(right ? "all as on the CPU" : "WRONG");
        System.exit(right ? 0 : 1);
    }

    private static boolean compare(Path directory, int length, int more, WorkerPool pool) {
        Outcome expected;
        SameAsCpu same;
        try (var model = Llama.load(directory, DenseKernels.vector(), pool)) {
            int vocabulary = model.config().vocabulary();
            var prompt = new int[Math.min(length, model.config().window() - more)];
            Arrays.setAll(prompt, i -> (7 * i * i + 3 * i + 5) % Math.min(48, vocabulary));
            same = new SameAsCpu(prompt, more);
            expected = same.onHost(model);
        }
        boolean right = true;
        for (var type : ElementType.values()) {
            try (var device = DenseDevices.open("cuda", type, Map.of());
                    var model = Llama.load(directory, DenseKernels.vector(), pool, device)) {
                var onHost = same.onHost(model);
                var queued = same.queued(model, type);
                System.out.printf(
                        Locale.ROOT,
                        "%-28s %-4s attention on the host: logits %.1e, %d of %d tokens; queued: logits %.1e, %d tokens%n",
                        directory.getFileName(),
                        type,
                        expected.distance(onHost),
                        expected.agreeing(onHost),
                        more,
                        expected.distance(queued),
                        expected.agreeing(queued));
                double bound = bound(type);
                right &= expected.distance(onHost) <= bound && expected.distance(queued) <= bound;
                right &= type != ElementType.F32
                        || (expected.agreeing(onHost) == more && expected.agreeing(queued) == more);
            }
        }
        return right;
    }

    private Outcome onHost(Llama model) {
        var store = model.newStore();
        var attention = model.dense(store);
        float[] logits = model.prefill().run(prompt, 0, attention);
        int[] tokens = new Generation(model, attention).continueGreedily(logits, prompt.length, more, token -> false);
        return new Outcome(logits, tokens);
    }

    /** Several sequences of the same prompt decode together; each must give the same tokens. */
    private Outcome queued(Llama model, ElementType type) {
        var config = model.config();
        var settings = SequenceSpec.full();
        try (var backend = Backends.create("cuda", Map.of());
                var cache = backend.open(
                        CacheSpec.builder(config.layers(), config.queryHeads(), config.kvHeads(), config.headDim())
                                .elementType(type)
                                .pageSize(PAGE)
                                .roomFor(settings, prompt.length + more, SEQUENCES)
                                .build())) {
            List<Sequence> sequences = new ArrayList<>();
            float[] logits = {};
            for (int i = 0; i < SEQUENCES; i++) {
                var sequence = cache.begin(settings);
                sequences.add(sequence);
                try (var prefill = new QueuedPrefill(model, cache, CHUNK)) {
                    prefill.run(sequence, 0, prompt).await();
                    logits = prefill.logits();
                }
            }
            var tokens = new int[more];
            tokens[0] = Logits.argmax(logits, 0, logits.length);
            try (var decoder = new QueuedDecoder(model, cache, SEQUENCES)) {
                var first = new int[SEQUENCES];
                var positions = new int[SEQUENCES];
                Arrays.fill(first, tokens[0]);
                Arrays.fill(positions, prompt.length);
                decoder.begin(first, positions);
                for (int i = 1; i < more; i++) {
                    var report = decoder.step(sequences);
                    int[] next = decoder.tokens();
                    tokens[i] = Arrays.stream(next).distinct().count() == 1 ? next[0] : -1;
                    report.await();
                }
            }
            return new Outcome(logits, tokens);
        }
    }
}
