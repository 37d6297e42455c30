package io.arkvale.experiments.study;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.result.CellSummary;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** Machines beyond this one. An add-on provides it, so that nobody carries its libraries who does not need them. */
public interface Cluster {
    /**
     * Workers of a cluster; closing them leaves it.
     *
     * @param master where it is
     * @throws UserException if it cannot be reached
     */
    Workers workers(String master);

    /**
     * Reads a table of observations, however many, and tells what each cell comes to.
     *
     * @param master where the cluster is
     * @param table a file of Parquet with the columns of an {@code ObservationRow}, which all its machines can read
     * @param wanted values that columns must have
     * @return the cells, in the order of their first lines
     * @throws UserException if the cluster cannot be reached, or if the file is no such table
     */
    List<CellSummary> cells(String master, Path table, Map<String, Object> wanted);

    /** The add-on's. */
    static Cluster found() {
        return ServiceLoader.load(Cluster.class)
                .findFirst()
                .orElseThrow(
                        () -> new UserException(
                                "--spark needs Apache Spark, which this distribution does not carry; in a source checkout build it"
                                        + " once with 'mvn -Pspark -DskipTests package', or set ARKVALE_SPARK to a folder of it"));
    }
}
