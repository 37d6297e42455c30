package io.arkvale.experiments.cli.experiment;

import io.arkvale.experiments.report.Report;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** What a report says about the run it comes from. */
public final class ReproduceContext {
    /** Columns that results carry, in the words of the report. */
    private static final Map<String, String> COLUMNS = columns();

    /** Backend of results that nothing was measured for. */
    private static final String SIMULATED = "cost-model";

    private ReproduceContext() {}

    /** Where all the results come from; several values where results of different runs were put together. */
    public static Map<String, String> of(List<Report> results, String options) {
        var rows = results.stream().flatMap(report -> report.asMaps().stream()).toList();
        var measured = rows.stream().filter(row -> !isSimulated(row)).toList();
        var simulated = rows.stream().filter(ReproduceContext::isSimulated).toList();
        var context = new LinkedHashMap<String, String>();
        COLUMNS.forEach((column, name) -> context.put(name, distinct(measured, column)));
        if (!simulated.isEmpty()) {
            context.put("Simulated", distinct(simulated, "model") + " on " + distinct(simulated, "device"));
        }
        context.put("Options", options);
        context.put("Processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        context.put(
                "Written",
                OffsetDateTime.now(ZoneId.systemDefault())
                        .truncatedTo(ChronoUnit.SECONDS)
                        .format(DateTimeFormatter.ISO_OFFSET_DATE_TIME));
        return context;
    }

    private static boolean isSimulated(Map<String, ?> row) {
        return SIMULATED.equals(row.get("backend"));
    }

    private static String distinct(List<? extends Map<String, ?>> rows, String column) {
        var values = rows.stream()
                .map(row -> row.get(column))
                .filter(Objects::nonNull)
                .map(String::valueOf)
                .distinct()
                .collect(Collectors.joining(", "));
        return values.isEmpty() ? "not known" : values;
    }

    private static Map<String, String> columns() {
        var columns = new LinkedHashMap<String, String>();
        columns.put("version", "Version");
        columns.put("commit", "Commit");
        columns.put("jdk", "JDK");
        columns.put("model", "Model");
        columns.put("backend", "Backend");
        columns.put("device", "Device");
        columns.put("seed", "Seed");
        return columns;
    }
}
