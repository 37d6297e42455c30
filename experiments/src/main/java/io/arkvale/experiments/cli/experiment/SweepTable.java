package io.arkvale.experiments.cli.experiment;

import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.report.TextTable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A sweep's results for people: one row per policy, one column per experiment, a cell with a number per budget. */
public final class SweepTable {
    private static final String EXPERIMENT = "experiment";
    private static final String POLICY = "policy";

    private SweepTable() {}

    /** The reports that have policies; accuracies in percent, bits per byte as they are. */
    public static String of(List<Report> reports) {
        var heading = new LinkedHashSet<>(List.of(POLICY));
        var cells = new LinkedHashMap<String, Map<String, String>>();
        for (var report : reports) {
            for (var row : report.asMaps()) {
                if (row.get(POLICY) == null) {
                    continue;
                }
                var experiment = String.valueOf(row.get(EXPERIMENT));
                heading.add(experiment);
                cells.computeIfAbsent(String.valueOf(row.get(POLICY)), policy -> new LinkedHashMap<>())
                        .merge(experiment, value(row), (before, more) -> before + " " + more);
            }
        }
        var table = new TextTable(List.copyOf(heading));
        cells.forEach((policy, byExperiment) -> {
            var row = new ArrayList<>(List.of(policy));
            heading.stream().skip(1).forEach(experiment -> row.add(byExperiment.getOrDefault(experiment, "")));
            table.row(row);
        });
        return table.toString();
    }

    private static String value(Map<String, @Nullable Object> row) {
        if (row.get("accuracy") instanceof Number accuracy) {
            return String.format(Locale.ROOT, "%.0f", 100 * accuracy.doubleValue());
        }
        return row.get("bits_per_byte") instanceof BigDecimal bits ? bits.toString() : "-";
    }
}
