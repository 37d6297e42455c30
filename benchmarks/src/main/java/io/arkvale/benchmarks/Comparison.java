package io.arkvale.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * This project beside its peers, turn about on the same machine: PyTorch's and C's decode attention, and HuggingFace
 * transformers on the shipped model. A peer that is not installed is left out, which standard error says.
 *
 * <p>Run it from the project's root: {@code java -cp benchmarks/target/benchmarks.jar io.arkvale.benchmarks.Comparison
 * PYTHON ROUNDS [attention|model]}. Prints a Markdown table of medians in milliseconds over all rounds.
 */
public final class Comparison {
    private static final Path PEERS = Path.of("benchmarks", "peers");
    private static final Pattern PYTORCH = Pattern.compile("(?m)^(float32|bfloat16|float16) +(.+?) +([\\d.]+) ms");
    private static final Pattern C = Pattern.compile("th=2 median ([\\d.]+) ms");
    private static final Pattern MODEL =
            Pattern.compile("(?m)^(\\d+) tokens: prefill ([\\d.]+) s, decode ([\\d.]+) ms");
    private static final List<String> FORMATS = List.of("F32", "BF16", "F16");
    private static final Map<String, String> TORCH_NAMES =
            Map.of("float32", "F32", "bfloat16", "BF16", "float16", "F16");

    private final String python;
    /** By row and column: every round's time in milliseconds. */
    private final Map<String, Map<String, List<Double>>> times = new TreeMap<>();

    private Comparison(String python) {
        this.python = python;
    }

    /**
     * Measures and prints.
     *
     * @param arguments the Python that has torch and transformers, the number of rounds, and what to compare (default:
     *     both)
     */
    public static void main(String... arguments) throws IOException, InterruptedException, RunnerException {
        var what = arguments.length == 3 ? arguments[2] : "both";
        if (arguments.length < 2
                || arguments.length > 3
                || !List.of("attention", "model", "both").contains(what)
                || !arguments[1].matches("[1-9]\\d?")
                || !Files.isDirectory(PEERS)) {
            System.err.println("usage, in the project's root: Comparison PYTHON ROUNDS(1 to 99) [attention|model]");
            System.exit(2);
        }
        var comparison = new Comparison(arguments[0]);
        for (int round = Integer.parseInt(arguments[1]); round > 0; round--) {
            if (!what.equals("model")) {
                comparison.attention();
            }
            if (!what.equals("attention")) {
                comparison.model();
            }
        }
        System.out.print(comparison.table());
    }

    private void attention() throws IOException, InterruptedException, RunnerException {
        ours("DecodeAttention.step", "decode attention, 32,768 tokens, ", Map.of("budget", "0,2048"), 1);
        for (int format = 0; format < FORMATS.size(); format++) {
            var program = Files.createTempFile("attention", "");
            var source = PEERS.resolve("attention_cpu.c").toString();
            run("gcc", "-O3", "-march=native", "-fopenmp", "-DT=" + format, source, "-o", program.toString(), "-lm");
            var row = "decode attention, 32,768 tokens, " + FORMATS.get(format);
            C.matcher(run(program.toString(), "32768")).results().forEach(found -> add(row, "C", found.group(1), 1));
        }
        var best = new TreeMap<String, Double>();
        PYTORCH.matcher(run(python, PEERS.resolve("attention_cpu.py").toString()))
                .results()
                .forEach(found ->
                        best.merge(TORCH_NAMES.get(found.group(1)), Double.valueOf(found.group(3)), Math::min));
        best.forEach((format, time) ->
                add("decode attention, 32,768 tokens, " + format, "PyTorch, best form", time.toString(), 1));
    }

    private void model() throws IOException, InterruptedException, RunnerException {
        for (var tokens : List.of("10000", "30000")) {
            ours("ModelSpeed.prefill", "needle-5m, prefill of ", Map.of("tokens", tokens, "budget", "0"), 1);
            ours("ModelSpeed.decode", "needle-5m, a token after ", Map.of("tokens", tokens, "budget", "0,1024"), 40);
        }
        MODEL.matcher(run(python, PEERS.resolve("model_cpu.py").toString(), "models/needle-5m"))
                .results()
                .forEach(found -> {
                    add("needle-5m, prefill of " + found.group(1), "transformers", found.group(2), 1e-3);
                    add("needle-5m, a token after " + found.group(1), "transformers", found.group(3), 1);
                });
    }

    /** Our own benchmark in a fresh virtual machine; a row for each element type or length, a column for each budget. */
    private void ours(String benchmark, String row, Map<String, String> parameters, double divisor)
            throws RunnerException {
        var options = new OptionsBuilder().include(benchmark);
        parameters.forEach((name, values) -> options.param(name, values.split(",")));
        for (var result : new Runner(options.build()).run()) {
            var of = result.getParams().getParam("elementType");
            var budget = result.getParams().getParam("budget");
            var name = row + (of == null ? result.getParams().getParam("tokens") : of);
            var median = result.getPrimaryResult().getStatistics().getPercentile(50);
            add(name, budget.equals("0") ? "this project" : "this project, budget " + budget, "" + median, divisor);
        }
    }

    private void add(String row, String column, String time, double divisor) {
        times.computeIfAbsent(row, key -> new TreeMap<>())
                .computeIfAbsent(column, key -> new ArrayList<>())
                .add(Double.parseDouble(time) / divisor);
    }

    /** What a program prints; nothing, and a word on standard error, if it cannot run. */
    private static String run(String... command) throws IOException, InterruptedException {
        try {
            var process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                System.err.println(String.join(" ", command) + " failed; it is left out");
            }
            return output;
        } catch (IOException e) {
            System.err.println(e.getMessage() + "; it is left out");
            return "";
        }
    }

    private String table() {
        var text = new StringBuilder("| | by | median, ms | of this project's time |\n| --- | --- | --- | --- |\n");
        times.forEach((row, columns) -> {
            var own = columns.get("this project");
            columns.forEach((column, values) -> text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %.2f | %s |%n",
                    row,
                    column,
                    median(values),
                    own == null ? "" : String.format(Locale.ROOT, "%.2f", median(values) / median(own)))));
        });
        return text.toString();
    }

    private static double median(List<Double> values) {
        var sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
