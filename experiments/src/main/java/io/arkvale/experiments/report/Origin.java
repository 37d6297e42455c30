package io.arkvale.experiments.report;

import io.arkvale.api.Backend;
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
 * @param version of this software when it measured
 * @param commit of its source, or null if it is not known
 * @param jdk that it ran on
 */
public record Origin(
        long seed,
        String model,
        @Nullable String backend,
        @Nullable String device,
        String version,
        @Nullable String commit,
        String jdk) {
    /** Version of the result columns; raised when one changes its meaning or goes. */
    public static final int SCHEMA = 2;

    /** The origin of what is measured now. */
    public Origin(long seed, String model, @Nullable String backend, @Nullable String device) {
        this(
                seed,
                model,
                backend,
                device,
                programVersion(),
                programCommit(),
                Runtime.version().toString());
    }

    /** The origin of what is measured now on a backend, if there is one. */
    public static Origin of(long seed, String model, @Nullable Backend backend) {
        return new Origin(
                seed, model, backend == null ? null : backend.id(), backend == null ? null : backend.device());
    }

    /** The same of a run that no backend had part in. */
    public Origin withoutBackend() {
        return new Origin(seed, model, null, null, version, commit, jdk);
    }

    /** Version of this software, or "development" outside a packed jar. */
    public static String programVersion() {
        return Optional.ofNullable(Origin.class.getModule().getDescriptor())
                .flatMap(module -> module.rawVersion())
                .or(() -> Optional.ofNullable(Origin.class.getPackage().getImplementationVersion()))
                .orElse("development");
    }

    /** The commit that the launcher or the build names, or null. */
    public static @Nullable String programCommit() {
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
        columns.put("version", version);
        columns.put("commit", commit);
        columns.put("jdk", jdk);
        return columns;
    }

    /** One line for people. */
    public String sentence() {
        var where = backend == null ? "" : ", backend " + backend + " on " + device;
        return "arkvale " + version + ", model " + model + where + ", seed " + seed + ", JDK " + jdk;
    }
}
