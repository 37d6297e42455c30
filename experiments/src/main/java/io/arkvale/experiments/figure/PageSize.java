package io.arkvale.experiments.figure;

import io.arkvale.experiments.figure.Charts.Labels;
import io.arkvale.experiments.figure.Charts.Series;
import io.arkvale.experiments.policy.PolicyChoice;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the page size does to score and latency. */
final class PageSize implements Figure {
    @Override
    public String name() {
        return "page-size";
    }

    @Override
    public String title() {
        return "page size and budget, by score and latency";
    }

    @Override
    public String paper() {
        return "The paper takes pages of 32 tokens; in the authors' replies, pages of 16 do as well.";
    }

    @Override
    public Drawn draw(Rows results) {
        var scored = results.where("experiment", "page-size-score");
        var simulated =
                results.where(row -> row.text("experiment").startsWith("page-size-latency") && row.has("budget"));
        var budgets = scored.distinct("budget");
        var sizes = scored.distinct("policy").stream().map(PageSize::sizeOf).toList();
        var scores = new Labels(
                "page-size-score",
                String.format(
                        Locale.ROOT,
                        "Score in %s, %,.0f tokens",
                        scored.distinct("task").getFirst(),
                        scored.mean("prompt_tokens")),
                "budget, tokens",
                "score, %");
        var latencies = new Labels(
                "page-size-latency", "Step of LongChat-7B, A100 (cost model)", "budget, tokens", "latency, ms");
        var pictures = List.of(
                Charts.lines(scores, budgets, series(sizes, size -> scores(scored, size, budgets))),
                Charts.lines(
                        latencies, simulated.distinct("budget"), series(sizes, size -> latencies(simulated, size))));
        var notes = List.of(String.format(
                Locale.ROOT,
                "%d questions a cell. Latency of 4 sequences of %s tokens by the cost model, where every page size recalls as"
                        + " many bytes as figure 9's: smaller pages spend a budget on fewer tokens that nobody asked for,"
                        + " but have more digests to read and more copies to start.",
                scored.all().getFirst().whole("samples"),
                simulated.distinct("tokens").getFirst()));
        return new Drawn(pictures, List.of(comparison(scored)), notes);
    }

    private static Comparison comparison(Rows scored) {
        var of16 = meanOf(scored, "16");
        var of32 = meanOf(scored, "32");
        return new Comparison(
                "mean score over budgets, pages of 16 against pages of 32",
                "as good",
                Comparison.percent(of16) + " against " + Comparison.percent(of32),
                of16 >= of32 - 0.05,
                "not more than 5 points below");
    }

    private static double meanOf(Rows scored, String size) {
        return scored.where(row -> sizeOf(row.text("policy")).equals(size)).mean("accuracy");
    }

    private static List<Series> series(List<String> sizes, Function<String, List<? extends @Nullable Double>> values) {
        return sizes.stream()
                .map(size -> new Series("pages of " + size, values.apply(size)))
                .toList();
    }

    private static List<Double> scores(Rows scored, String size, List<String> budgets) {
        var own = scored.where(row -> sizeOf(row.text("policy")).equals(size));
        return budgets.stream()
                .map(budget -> 100 * own.where("budget", budget).only().number("accuracy"))
                .toList();
    }

    private static List<Double> latencies(Rows simulated, String size) {
        return simulated
                .where("experiment", "page-size-latency-" + size)
                .numbers("step_ms")
                .boxed()
                .toList();
    }

    private static String sizeOf(String policy) {
        return PolicyChoice.parse(policy, Map.of()).settings().word("page-size");
    }
}
