package io.arkvale.experiments.study;

import io.arkvale.experiments.result.Observation.Place;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;

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

    /** Cells to run, each once. */
    List<String> cells() {
        return wanted.stream().map(Place::cell).distinct().toList();
    }

    /** The same piece under some of its cells. */
    Job under(Collection<String> cells) {
        var asked = Set.copyOf(cells);
        return new Job(
                assignment,
                piece,
                group,
                wanted.stream().filter(place -> asked.contains(place.cell())).toList());
    }
}
