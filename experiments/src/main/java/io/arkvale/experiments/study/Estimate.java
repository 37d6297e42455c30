package io.arkvale.experiments.study;

import io.arkvale.experiments.report.TextTable;
import io.arkvale.experiments.result.Observation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How long a study would take one worker after another, from {@link Sample}s. Experiments that differ by their seed alone
 * share one.
 *
 * @param rows one per group
 */
public record Estimate(List<Row> rows) {
    private static final double HOUR = 3_600_000;

    /**
     * A group.
     *
     * @param experiment its name
     * @param group its size and what it has in common
     * @param texts to prefill after the sample
     * @param runs to make after the sample: a text under a cell each
     * @param observations to make after the sample
     * @param sample what was tried, on this group or on one like it
     */
    public record Row(
            String experiment, StudyPlan.Group group, long texts, long runs, long observations, Sample sample) {
        private static Row of(String experiment, StudyPlan.Group group, Sample sample) {
            var left = group.jobs().stream()
                    .map(sample::left)
                    .filter(job -> !job.wanted().isEmpty())
                    .toList();
            return new Row(
                    experiment,
                    group,
                    left.size(),
                    left.stream().mapToLong(job -> job.cells().size()).sum(),
                    left.stream().mapToLong(job -> job.wanted().size()).sum(),
                    sample);
        }

        /** Milliseconds until the rest is done, of one worker. */
        double rest() {
            return sample.textMillis() * texts + sample.runMillis() * runs;
        }
    }

    /**
     * Tries what is needed to tell.
     *
     * @param done takes what it observed: nothing is measured to be thrown away
     */
    public static Estimate of(StudyPlan plan, JobRunners runners, Consumer<List<Observation>> done) {
        var rows = new ArrayList<Row>();
        var samples = new HashMap<Object, Sample>();
        for (var part : plan.parts()) {
            for (var group : part.groups()) {
                var sample = group.jobs().isEmpty()
                        ? Sample.NONE
                        : samples.computeIfAbsent(alike(group), key -> Sample.of(group.jobs(), runners, done));
                rows.add(Row.of(part.name(), group, sample));
            }
        }
        return new Estimate(List.copyOf(rows));
    }

    /** Equal for groups that take the same time. */
    private static Object alike(StudyPlan.Group group) {
        var assignment = group.jobs().getFirst().assignment();
        var words = new ArrayList<>(assignment.arguments());
        var seed = words.indexOf("--seed");
        if (seed >= 0) {
            words.subList(seed, seed + 2).clear();
        }
        return Map.entry(group.name(), new Assignment(words, assignment.files()));
    }

    /** For people: a row per group. */
    public String table() {
        var table = new TextTable(List.of(
                "experiment",
                "texts of",
                "cells",
                "texts",
                "observations",
                "left",
                "ms per text",
                "ms per cell",
                "worker hours"));
        for (var row : rows) {
            table.row(List.of(
                    row.experiment(),
                    row.group().name(),
                    row.group().cells(),
                    row.group().pieces(),
                    row.group().observations(),
                    row.observations(),
                    String.format(Locale.ROOT, "%.1f", row.sample().textMillis()),
                    String.format(Locale.ROOT, "%.1f", row.sample().runMillis()),
                    String.format(Locale.ROOT, "%.3f", row.rest() / HOUR)));
        }
        return table.toString();
    }

    /** The sum, and how long that takes so many workers. */
    public String sentence(int workers) {
        var cells = rows.stream().mapToInt(row -> row.group().cells()).sum();
        var hours = rows.stream().mapToDouble(Row::rest).sum() / HOUR;
        return String.format(
                Locale.ROOT,
                "%,d cells, %,d observations left in %,d texts: %.2f worker hours, so about %.2f h with %,d worker%s",
                cells,
                rows.stream().mapToLong(Row::observations).sum(),
                rows.stream().mapToLong(Row::texts).sum(),
                hours,
                hours / workers,
                workers,
                workers == 1 ? "" : "s");
    }
}
