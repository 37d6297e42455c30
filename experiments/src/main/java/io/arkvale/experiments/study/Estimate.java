package io.arkvale.experiments.study;

import io.arkvale.experiments.report.TextTable;
import io.arkvale.experiments.result.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * How long a study would take one worker after another: of every group of alike pieces two are run, and the second, which
 * finds compiled code and an open model, says how long the others will take.
 *
 * @param rows one per group
 */
public record Estimate(List<Row> rows) {
    /** Jobs run per group. */
    private static final int SAMPLES = 2;

    private static final double MILLISECONDS = 1e6;
    private static final double HOUR = 3_600_000;

    /**
     * A group.
     *
     * @param experiment its name
     * @param group its size and what it has in common
     * @param left jobs left after the sample
     * @param milliseconds per observation, 0 if nothing was to be made
     * @param observations left after the sample
     */
    public record Row(String experiment, StudyPlan.Group group, int left, double milliseconds, long observations) {
        /** Until the rest is done, of one worker. */
        double rest() {
            return milliseconds * observations;
        }
    }

    /**
     * Runs the sample.
     *
     * @param done takes what it observed: nothing is measured to be thrown away
     */
    public static Estimate of(StudyPlan plan, JobRunners runners, Consumer<List<Observation>> done) {
        var rows = new ArrayList<Row>();
        for (var part : plan.parts()) {
            for (var group : part.groups()) {
                var sample =
                        group.jobs().subList(0, Math.min(SAMPLES, group.jobs().size()));
                var milliseconds = 0.0;
                var made = 0;
                for (var job : sample) {
                    var start = System.nanoTime();
                    var observations = runners.run(job);
                    milliseconds = (System.nanoTime() - start) / MILLISECONDS / observations.size();
                    made += observations.size();
                    done.accept(observations);
                }
                rows.add(new Row(
                        part.name(), group, group.jobs().size() - sample.size(), milliseconds, group.missing() - made));
            }
        }
        return new Estimate(List.copyOf(rows));
    }

    /** For people: a row per group. */
    public String table() {
        var table = new TextTable(
                List.of("experiment", "texts of", "cells", "texts", "observations", "left", "ms each", "worker hours"));
        for (var row : rows) {
            table.row(List.of(
                    row.experiment(),
                    row.group().name(),
                    row.group().cells(),
                    row.group().pieces(),
                    row.group().observations(),
                    row.observations(),
                    String.format(Locale.ROOT, "%.1f", row.milliseconds()),
                    String.format(Locale.ROOT, "%.3f", row.rest() / HOUR)));
        }
        return table.toString();
    }

    /** The sum, and how long that takes so many workers. */
    public String sentence(int workers) {
        var cells = rows.stream().mapToInt(row -> row.group().cells()).sum();
        var observations = rows.stream().mapToLong(Row::observations).sum();
        var hours = rows.stream().mapToDouble(Row::rest).sum() / HOUR;
        return String.format(
                Locale.ROOT,
                "%,d cells, %,d observations left in %,d texts: %.2f worker hours, so about %.2f h with %,d worker%s",
                cells,
                observations,
                rows.stream().mapToLong(Row::left).sum(),
                hours,
                hours / workers,
                workers,
                workers == 1 ? "" : "s");
    }
}
