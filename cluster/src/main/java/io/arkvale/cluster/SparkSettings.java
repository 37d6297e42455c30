package io.arkvale.cluster;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.input.FileReason;
import io.arkvale.experiments.report.Origin;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;

/** How this program uses a cluster; what the user sets as properties of Spark goes before. */
final class SparkSettings {
    private SparkSettings() {}

    /**
     * Reaches a cluster.
     *
     * @throws UserException if it cannot be reached
     */
    static JavaSparkContext connect(String master, String what) {
        var conf = new SparkConf()
                .setMaster(master)
                .setAppName("arkvale " + what)
                .setIfMissing("spark.ui.enabled", "false")
                .setIfMissing("spark.ui.showConsoleProgress", "false");
        if (!master.startsWith("local")) {
            // Our libraries before those of the same names that an installation of Spark has.
            conf.setIfMissing("spark.jars", jars()).setIfMissing("spark.executor.userClassPathFirst", "true");
        }
        var commit = Origin.programCommit();
        conf.set(
                "spark.executor.extraJavaOptions",
                "-XX:MaxDirectMemorySize=1t --sun-misc-unsafe-memory-access=allow"
                        + (commit == null ? "" : " -Darkvale.commit=" + commit)
                        + " " + conf.get("spark.executor.extraJavaOptions", ""));
        try {
            return new JavaSparkContext(conf);
        } catch (Exception e) { // Spark's own is checked, which Scala does not declare
            throw new UserException("Spark cannot be reached at " + master + ": " + e.getMessage(), e);
        }
    }

    /** The jars that this program runs from, a user's own with policies and tasks among them, but for Spark's. */
    private static String jars() {
        var sparks = Path.of(URI.create(SparkContext.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> entry.endsWith(".jar"))
                .filter(entry -> !isBeside(Path.of(entry), sparks))
                .collect(Collectors.joining(","));
    }

    /** Whether two files are in one folder, by whatever links their paths name it. */
    private static boolean isBeside(Path one, Path other) {
        try {
            return Files.isSameFile(one.toAbsolutePath().resolveSibling(""), other.resolveSibling(""));
        } catch (IOException e) {
            throw new UserException("library " + one + " cannot be found: " + FileReason.of(e), e);
        }
    }
}
