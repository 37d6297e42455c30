package io.arkvale.cluster;

import io.arkvale.experiments.result.CellSummary;
import io.arkvale.experiments.result.Observation;
import io.arkvale.experiments.result.ObservationRow;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** The cells of rows in which the observations of a cell stand together, in their order. */
final class FoundCells implements Iterator<FoundCells.Found> {
    private final Iterator<Row> rows;
    private @Nullable ObservationRow ahead;

    /**
     * A cell.
     *
     * @param line of its first observation
     */
    record Found(long line, CellSummary cell) implements Serializable {}

    FoundCells(Iterator<Row> rows) {
        this.rows = rows;
        ahead = read();
    }

    private @Nullable ObservationRow read() {
        if (!rows.hasNext()) {
            return null;
        }
        var row = rows.next();
        return ObservationRow.of(column -> row.getAs(column));
    }

    @Override
    public boolean hasNext() {
        return ahead != null;
    }

    @Override
    public Found next() {
        var first = ahead;
        if (first == null) {
            throw new NoSuchElementException();
        }
        var key = CellSummary.key(first.observation());
        List<Observation> cell = new ArrayList<>();
        for (var row = first; row != null && CellSummary.key(row.observation()).equals(key); row = ahead) {
            cell.add(row.observation());
            ahead = read();
        }
        return new Found(first.line(), CellSummary.of(cell));
    }
}
