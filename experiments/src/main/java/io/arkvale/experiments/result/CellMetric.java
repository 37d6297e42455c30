package io.arkvale.experiments.result;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A column of every table of scored tasks: a function of a cell's observations. A jar provides its own as a service of
 * this interface.
 */
public interface CellMetric {
    /** The column's name, in snake case. */
    String name();

    /**
     * Its value: a string, a number, a boolean, or null where it has no meaning.
     *
     * @param observations those of the cell, at least one
     */
    @Nullable
    Object of(List<Observation> observations);
}
