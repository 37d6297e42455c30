package io.arkvale.cluster;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.result.CellSummary;
import io.arkvale.experiments.result.ObservationRow;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Tells by Spark SQL what the cells of a table of observations come to. No machine holds more than one cell at a time. */
final class SparkResults {
    /** What the observations of one cell, and no others, have in common: {@link CellSummary#key}. */
    private static final Column[] KEY = {
        col("cell"),
        col("task"),
        col("length"),
        col("protocol"),
        when(col("protocol").equalTo(col("task")), col("episode")).otherwise(lit(""))
    };

    private SparkResults() {}

    static List<CellSummary> cells(String master, Path table, Map<String, Object> wanted) {
        try (var context = SparkSettings.connect(master, "results")) {
            var session = SparkSession.builder().sparkContext(context.sc()).getOrCreate();
            var rows = read(session, table);
            for (var filter : wanted.entrySet()) {
                rows = rows.where(col(filter.getKey()).equalTo(filter.getValue()));
            }
            var ordered = rows.repartition(KEY).sortWithinPartitions(ordered());
            return ordered.toJavaRDD().mapPartitions(FoundCells::new).collect().stream()
                    .sorted(Comparator.comparingLong(FoundCells.Found::line))
                    .map(FoundCells.Found::cell)
                    .toList();
        } catch (UserException e) {
            throw e;
        } catch (Exception e) { // Spark's own are checked, which Scala does not declare
            throw new UserException("Spark gave the results up: " + e.getMessage(), e);
        }
    }

    private static Dataset<Row> read(SparkSession session, Path table) {
        var rows = session.read().parquet(table.toUri().toString());
        var there = Set.of(rows.columns());
        var missing = ObservationRow.columns().stream()
                .map(column -> column.name())
                .filter(column -> !there.contains(column))
                .toList();
        if (!missing.isEmpty()) {
            throw new UserException(table + " is no table of observations: it lacks the columns " + missing);
        }
        return rows;
    }

    private static Column[] ordered() {
        var columns = new Column[KEY.length + 1];
        System.arraycopy(KEY, 0, columns, 0, KEY.length);
        columns[KEY.length] = col("line");
        return columns;
    }
}
