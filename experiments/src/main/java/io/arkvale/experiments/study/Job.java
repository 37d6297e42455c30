package io.arkvale.experiments.study;

import io.arkvale.experiments.result.Observation.Place;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A piece of an experiment, to be run wherever there is a worker.
 *
 * @param assignment the experiment
 * @param piece its number there
 * @param group what jobs of about the same time have in common, in words
 * @param wanted places of the observations to make
 */
public record Job(Assignment assignment, int piece, String group, List<Place> wanted) implements Serializable {
    /** Copies the list, into one that can be sent. */
    public Job {
        wanted = Collections.unmodifiableList(new ArrayList<>(wanted));
    }
}
