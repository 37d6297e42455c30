/**
 * Studies on Apache Spark. {@code SparkCluster} is found by the laboratory; {@code SparkWorkers} sends its jobs, one task of
 * Spark each ({@code JobTask}), after the files that they need ({@code SentFiles}). {@code SparkResults} reads tables of
 * observations that outgrow a machine's memory. Both reach the cluster by {@code SparkSettings}.
 */
@NullMarked
package io.arkvale.cluster;

import org.jspecify.annotations.NullMarked;
