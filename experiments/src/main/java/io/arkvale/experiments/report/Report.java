package io.arkvale.experiments.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Results as rows of named values, in column order.
 *
 * @param columns names of the columns
 * @param rows values in the order of the columns
 */
public record Report(List<String> columns, List<List<@Nullable Object>> rows) {
    /** Reads the metrics off every row. */
    public static <R> Report of(List<Metric<R>> metrics, List<R> rows) {
        var columns = metrics.stream().map(Metric::name).toList();
        var values = new ArrayList<List<@Nullable Object>>();
        for (var row : rows) {
            var cells = new ArrayList<@Nullable Object>();
            for (var metric : metrics) {
                cells.add(metric.value().apply(row));
            }
            values.add(cells);
        }
        return new Report(columns, values);
    }

    /** The same rows with the origin's columns behind their own, so that every row says where it comes from. */
    public Report withOrigin(Origin origin) {
        return withOrigins(Collections.nCopies(rows.size(), origin));
    }

    /** The same with an origin per row; at least one row. */
    public Report withOrigins(List<Origin> origins) {
        var names = new ArrayList<>(columns);
        names.addAll(origins.getFirst().columns().keySet());
        var values = new ArrayList<List<@Nullable Object>>();
        for (int i = 0; i < rows.size(); i++) {
            var cells = new ArrayList<@Nullable Object>(rows.get(i));
            cells.addAll(origins.get(i).columns().values());
            values.add(cells);
        }
        return new Report(names, values);
    }

    /** The same rows with one more column in front, of one value. */
    public Report prepend(String column, Object value) {
        var names = new ArrayList<String>(List.of(column));
        names.addAll(columns);
        var values = new ArrayList<List<@Nullable Object>>();
        for (var row : rows) {
            var cells = new ArrayList<@Nullable Object>();
            cells.add(value);
            cells.addAll(row);
            values.add(cells);
        }
        return new Report(names, values);
    }

    /** All rows of several reports under all of their columns; null where a report has no such column. */
    public static Report union(List<Report> reports) {
        return ofMaps(
                reports.stream().flatMap(report -> report.asMaps().stream()).toList());
    }

    /** Rows of values by column, under all of their columns in order of appearance; null where a row has no such column. */
    static Report ofMaps(List<Map<String, @Nullable Object>> rows) {
        var names = new LinkedHashSet<String>();
        rows.forEach(row -> names.addAll(row.keySet()));
        var values = new ArrayList<List<@Nullable Object>>();
        for (var row : rows) {
            var cells = new ArrayList<@Nullable Object>();
            names.forEach(name -> cells.add(row.get(name)));
            values.add(cells);
        }
        return new Report(List.copyOf(names), values);
    }

    /** The rows as maps from column to value, in column order. */
    public List<Map<String, @Nullable Object>> asMaps() {
        var maps = new ArrayList<Map<String, @Nullable Object>>();
        for (var row : rows) {
            var map = new LinkedHashMap<String, @Nullable Object>();
            for (int i = 0; i < columns.size(); i++) {
                map.put(columns.get(i), row.get(i));
            }
            maps.add(map);
        }
        return maps;
    }
}
