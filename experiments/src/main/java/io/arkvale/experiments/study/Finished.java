package io.arkvale.experiments.study;

import io.arkvale.experiments.result.Observation;
import java.util.List;

/**
 * A job that is done.
 *
 * @param observations what it observed
 * @param nanoseconds that its worker was busy with it
 */
public record Finished(List<Observation> observations, long nanoseconds) {}
