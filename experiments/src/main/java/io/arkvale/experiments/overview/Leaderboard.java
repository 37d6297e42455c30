package io.arkvale.experiments.overview;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.chart.Chart;
import io.arkvale.experiments.chart.Labels;
import io.arkvale.experiments.chart.LineChart;
import io.arkvale.experiments.chart.Mark;
import io.arkvale.experiments.chart.Palette;
import io.arkvale.experiments.chart.Point;
import io.arkvale.experiments.chart.ScatterChart;
import io.arkvale.experiments.chart.Series;
import io.arkvale.experiments.figure.Score;
import io.arkvale.experiments.plan.Protocol;
import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.Policies;
import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.report.Rows;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What policies score over all tasks of a sweep, over the bytes that they hold on the device and read per step. */
public final class Leaderboard {
    private static final String FULL = "full";
    private static final String PROTOCOL = "protocol";
    private static final double MIB = 1 << 20;
    private static final Set<String> NAMED = Set.of(FULL, "oracle", "arkvale", "quest", "streaming-llm");

    /**
     * A policy's place.
     *
     * @param score mean over the tasks, from 0 to 1
     * @param low lower end of its 95 % interval
     * @param high upper end of it
     * @param deviceMib keys and values on the device at the end, mean over the tasks
     * @param readMib keys, values and summaries read per step, to choose and to attend, mean over the tasks
     */
    record Entry(String policy, double score, double low, double high, double deviceMib, double readMib) {
        Series item(int number, List<Mark> marks, double x) {
            var point = new Point(x, 100 * score, 100 * low, 100 * high);
            return Series.of(name(), marks.get(number), List.of(point));
        }

        /** As it stands in a chart: without the names of the options. */
        String name() {
            return policy.replaceAll(":[\\w-]+=", " ");
        }
    }

    private final List<Entry> entries;
    private final List<String> tasks;
    private final String budget;
    private final Protocol protocol;

    /**
     * The best first.
     *
     * @param sweep rows of a sweep, of which those with an accuracy count
     * @param protocol when the questions came in the rows that count; rows that do not say have them after the context
     * @throws UserException if the sweep has no such budget, or not every policy in every task
     */
    public Leaderboard(Rows sweep, String budget, Protocol protocol) {
        this.budget = budget;
        this.protocol = protocol;
        var rows = sweep.where(row -> row.has("accuracy")).where(this::isAskedSo);
        if (rows.isEmpty()) {
            throw new UserException("the table has no scores of " + protocol.label());
        }
        if (!rows.distinct("budget").contains(budget)) {
            throw new UserException(
                    "budget " + budget + " is not in the table; budgets there: " + rows.distinct("budget"));
        }
        var limited = rows.where("budget", budget);
        tasks = limited.distinct("experiment");
        if (tasks.isEmpty()) {
            throw new UserException("a leaderboard needs the column 'experiment', which tables of 'sweep' have");
        }
        entries = limited.distinct("policy").stream()
                .map(policy -> entry(policy, limited.where("policy", policy)))
                .sorted(Comparator.comparingDouble(Entry::score).reversed())
                .toList();
    }

    private boolean isAskedSo(Rows.Row row) {
        var label = row.has(PROTOCOL) ? row.text(PROTOCOL) : Protocol.QUESTION_AFTER.label();
        return label.equals(protocol.label());
    }

    /**
     * Means over tasks. The interval of a mean of independent shares follows from theirs (Zou and Donner, 2008): it stays
     * within the scale, as theirs do.
     */
    private Entry entry(String policy, Rows rows) {
        if (rows.all().size() != tasks.size()) {
            throw new UserException("policy '" + policy + "' has results in "
                    + rows.all().size() + " of " + tasks.size() + " tasks; a leaderboard needs all: " + tasks);
        }
        var scores = Score.of(rows);
        var mean = scores.stream().mapToDouble(Score::value).average().orElseThrow();
        var below = scores.stream()
                .mapToDouble(score -> Math.pow(score.value() - score.low(), 2))
                .sum();
        var above = scores.stream()
                .mapToDouble(score -> Math.pow(score.high() - score.value(), 2))
                .sum();
        return new Entry(
                policy,
                mean,
                Math.max(0, mean - Math.sqrt(below) / scores.size()),
                Math.min(1, mean + Math.sqrt(above) / scores.size()),
                rows.mean("resident_bytes") / MIB,
                (rows.mean("scoring_bytes_per_step") + rows.mean("attention_bytes_per_step")) / MIB);
    }

    /** Score over device bytes, and over bytes read. */
    public List<Chart> charts() {
        return List.of(
                chart(
                        "leaderboard-device",
                        "Score over memory on the device",
                        "MiB of keys and values on the device",
                        "holds on the device",
                        Entry::deviceMib),
                chart(
                        "leaderboard-read",
                        "Score over bytes read",
                        "MiB read per step, to choose and to attend",
                        "reads per step",
                        Entry::readMib));
    }

    private Chart chart(String name, String title, String x, String verb, ToDoubleFunction<Entry> bytes) {
        var marks = Palette.of(entries.stream().map(Entry::policy).toList());
        var items = new ArrayList<Series>();
        for (int i = 0; i < entries.size(); i++) {
            items.add(entries.get(i).item(i, marks, bytes.applyAsDouble(entries.get(i))));
        }
        var labels = new Labels(
                name,
                title + ", budget " + budget + ", " + protocol.words(),
                finding(verb, bytes),
                x,
                "mean score of " + tasks.size() + " tasks, %");
        var bounds = entries.stream()
                .filter(entry -> isBound(entry.policy()))
                .map(Entry::name)
                .collect(Collectors.toSet());
        return new ScatterChart(labels, 100, items, NAMED, bounds);
    }

    /** Who scores most for at most half of full attention's bytes. */
    private String finding(String verb, ToDoubleFunction<Entry> bytes) {
        var full = entries.stream()
                .filter(entry -> entry.policy().equals(FULL))
                .findFirst()
                .orElseThrow(() -> new UserException("the table has no row of 'full', beside which the others stand"));
        var best = entries.stream()
                .filter(entry -> !isBound(entry.policy()))
                .filter(entry -> bytes.applyAsDouble(entry) <= bytes.applyAsDouble(full) / 2)
                .findFirst();
        var half = "at most half of what full attention " + verb;
        return best.map(entry -> String.format(
                        Locale.ROOT,
                        "Of the policies that need %s, %s scores most: %s %% (%s to %s) against %s %%.",
                        half,
                        entry.name(),
                        LineChart.number(100 * entry.score()),
                        LineChart.number(100 * entry.low()),
                        LineChart.number(100 * entry.high()),
                        LineChart.number(100 * full.score())))
                .orElse("No policy needs " + half + ".");
    }

    /** Whether a policy looks at what no real system can see. */
    private static boolean isBound(String name) {
        var base = name.replaceFirst(":.*", "");
        return Policies.all().stream()
                .map(policy -> policy.info())
                .anyMatch(info -> (info.name().equals(base) || info.shortName().equals(base))
                        && info.abilities().contains(Ability.EXACT_SCORES));
    }

    /** The same as a table, the best first. */
    public Report table() {
        return Report.of(
                List.<Metric<Entry>>of(
                        Metric.of("policy", Entry::policy),
                        Metric.of("score", entry -> rounded("%.1f", 100 * entry.score())),
                        Metric.of("score_low", entry -> rounded("%.1f", 100 * entry.low())),
                        Metric.of("score_high", entry -> rounded("%.1f", 100 * entry.high())),
                        Metric.of("device_mib", entry -> rounded("%.1f", entry.deviceMib())),
                        Metric.of("read_mib_per_step", entry -> rounded("%.1f", entry.readMib()))),
                entries);
    }

    private static BigDecimal rounded(String format, double value) {
        return new BigDecimal(String.format(Locale.ROOT, format, value));
    }
}
