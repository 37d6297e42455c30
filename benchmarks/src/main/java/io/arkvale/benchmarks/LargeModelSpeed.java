package io.arkvale.benchmarks;

import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.llama.Llama;
import io.arkvale.llama.weights.WeightStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * A model of billions of parameters on the CPU: how long it takes to load, what it holds in memory, how fast it reads a
 * prompt and decodes, and how much of the memory's bandwidth decoding uses, measured in turn with it.
 *
 * <p>{@code java -Xmx2g --add-modules=jdk.incubator.vector -cp benchmarks/target/benchmarks.jar
 * io.arkvale.benchmarks.LargeModelSpeed MODEL_DIRECTORY [mapped|eight_bits] [THREADS] [ROUNDS] [PROMPT]}, with two threads,
 * five rounds and 512 tokens by default; {@code benchmarks/peers/large_model_cpu.py} measures the same with transformers.
 * {@link MadeUpModel} makes a model. Run once before, so that the file is in the page cache.
 */
public final class LargeModelSpeed {
    private static final int MEBIBYTES = 512;
    private static final int DECODED = 8;

    private LargeModelSpeed() {}

    /** Measures and prints one line a figure. */
    public static void main(String... arguments) throws IOException {
        if (arguments.length < 1 || arguments.length > 5) {
            System.err.println(
                    "usage: LargeModelSpeed MODEL_DIRECTORY [mapped|eight_bits] [THREADS] [ROUNDS] [PROMPT]");
            System.exit(2);
        }
        var storage = WeightStorage.valueOf(argument(arguments, 1, "mapped").toUpperCase(Locale.ROOT));
        int threads = Integer.parseInt(argument(arguments, 2, "2"));
        int rounds = Integer.parseInt(argument(arguments, 3, "5"));
        int length = Integer.parseInt(argument(arguments, 4, "512"));
        long before = System.nanoTime();
        try (var pool = new WorkerPool(threads, "large-model");
                var model = Llama.load(Path.of(arguments[0]), DenseKernels.vector(), pool, storage)) {
            print("load", seconds(before), "s");
            measure(model, storage, threads, rounds, length);
        }
    }

    private static void measure(Llama model, WeightStorage storage, int threads, int rounds, int length)
            throws IOException {
        var config = model.config();
        int[] prompt = new Random(1).ints(length, 0, config.vocabulary()).toArray();
        var store = model.newStore();
        var attention = model.dense(store);
        var prefill = model.prefill();
        var decoder = model.decoder(1);
        var prefills = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            store.truncate(0);
            long start = System.nanoTime();
            prefill.run(prompt, 0, attention);
            prefills[round] = seconds(start);
        }
        print("prefill of " + length + " tokens, median", median(prefills), "s");
        for (int i = 0; i < 2 * DECODED; i++) {
            decoder.run(i, store.length(), attention);
        }
        printResident();
        // After what the model holds has been looked at, since this takes memory of its own.
        var bandwidth = new MemoryBandwidth();
        bandwidth.mebibytes = MEBIBYTES;
        bandwidth.threads = threads;
        bandwidth.prepare();
        for (int i = 0; i < 10; i++) {
            bandwidth.readSum();
        }
        var decodes = new double[rounds];
        var reads = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            store.truncate(length);
            long start = System.nanoTime();
            for (int i = 0; i < DECODED; i++) {
                decoder.run(i, length + i, attention);
            }
            decodes[round] = seconds(start) / DECODED;
            start = System.nanoTime();
            for (int i = 0; i < 4; i++) {
                bandwidth.readSum();
            }
            reads[round] = 4.0 * MEBIBYTES * (1 << 20) / seconds(start) / 1e9;
        }
        bandwidth.endThreads();
        // Of the embedding a token reads one row.
        long weights =
                config.parameters() - (config.tiedEmbeddings() ? 0 : (long) config.vocabulary() * config.hiddenSize());
        double bytes = weights * (storage == WeightStorage.EIGHT_BITS ? 1 + 4.0 / 1024 : 2);
        double used = bytes / median(decodes) / 1e9;
        print("decode, median", median(decodes) * 1e3, "ms per token");
        print("decode", 1 / median(decodes), "tokens per s");
        print("weights read", used, "GB/s");
        print("memory bandwidth, median", median(reads), "GB/s");
        print("share of the bandwidth", 100 * used / median(reads), "%");
    }

    private static void printResident() throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS") || line.startsWith("RssAnon") || line.startsWith("RssFile")) {
                var words = line.split("\\s+", -1);
                print("resident, " + words[0].replace(":", ""), Long.parseLong(words[1]) / 1024.0, "MiB");
            }
        }
    }

    private static String argument(String[] arguments, int index, String otherwise) {
        return index < arguments.length ? arguments[index] : otherwise;
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private static double median(double[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void print(String what, double value, String unit) {
        System.out.printf(Locale.ROOT, "%s: %.2f %s%n", what, value, unit);
    }
}
