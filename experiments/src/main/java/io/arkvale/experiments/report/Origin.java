package io.arkvale.experiments.report;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where results come from; part of every result.
 *
 * @param seed seed of everything random
 * @param model the model in words
 * @param backend id of the backend, or null if none took part
 * @param device its device in words, or null
 */
public record Origin(
        long seed,
        String model,
        @Nullable String backend,
        @Nullable String device) {
    /** Version of the result columns; raised when one changes its meaning or goes. */
    public static final int SCHEMA = 1;

    /** Version of this software, or "development" outside a packed jar. */
    public static String version() {
        return Optional.ofNullable(Origin.class.getModule().getDescriptor())
                .flatMap(module -> module.rawVersion())
                .or(() -> Optional.ofNullable(Origin.class.getPackage().getImplementationVersion()))
                .orElse("development");
    }

    /** The commit that the launcher or the build names, or null. */
    public static @Nullable String commit() {
        return System.getProperty("arkvale.commit");
    }

    /** Columns that results carry. */
    Map<String, @Nullable Object> columns() {
        var columns = new LinkedHashMap<String, @Nullable Object>();
        columns.put("schema", SCHEMA);
        columns.put("seed", seed);
        columns.put("model", model);
        columns.put("backend", backend);
        columns.put("device", device);
        columns.put("version", version());
        columns.put("commit", commit());
        columns.put("jdk", Runtime.version().toString());
        return columns;
    }

    /** One line for people. */
    public String sentence() {
        var where = backend == null ? "" : ", backend " + backend + " on " + device;
        return "arkvale " + version() + ", model " + model + where + ", seed " + seed + ", JDK " + Runtime.version();
    }
}
