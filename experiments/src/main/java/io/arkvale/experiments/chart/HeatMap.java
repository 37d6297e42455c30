package io.arkvale.experiments.chart;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Numbers on coloured cells; cells may be missing.
 *
 * @param columns names from the left
 * @param rows names from below
 * @param outline what the outlined cells are, which the key says
 */
public record HeatMap(Labels labels, List<String> columns, List<String> rows, List<Cell> cells, String outline)
        implements Chart {
    /**
     * A cell.
     *
     * @param outlined whether a line around it sets it apart
     */
    public record Cell(int column, int row, double value, boolean outlined) {}

    @Override
    public String description() {
        return cells.stream()
                .map(cell -> rows.get(cell.row()) + ", " + columns.get(cell.column()) + ": "
                        + LineChart.number(cell.value()))
                .collect(Collectors.joining("; ", "", "."));
    }
}
