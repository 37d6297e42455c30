package io.arkvale.cluster;

import io.arkvale.experiments.study.Cluster;
import io.arkvale.experiments.study.Workers;

/** Clusters of Apache Spark. */
public final class SparkCluster implements Cluster {
    @Override
    public Workers workers(String master) {
        return new SparkWorkers(master);
    }
}
