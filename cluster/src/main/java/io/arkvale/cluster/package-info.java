/**
 * Studies on Apache Spark. {@code SparkCluster} is found by the laboratory; {@code SparkWorkers} sends its jobs, one task of
 * Spark each ({@code JobTask}), after the files that they need ({@code SentFiles}).
 */
@NullMarked
package io.arkvale.cluster;

import org.jspecify.annotations.NullMarked;
