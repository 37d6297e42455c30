package io.arkvale.cluster;

import io.arkvale.experiments.result.CellSummary;
import io.arkvale.experiments.study.Cluster;
import io.arkvale.experiments.study.Workers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Clusters of Apache Spark. */
public final class SparkCluster implements Cluster {
    @Override
    public Workers workers(String master) {
        return new SparkWorkers(master);
    }

    @Override
    public List<CellSummary> cells(String master, Path table, Map<String, Object> wanted) {
        return SparkResults.cells(master, table, wanted);
    }
}
