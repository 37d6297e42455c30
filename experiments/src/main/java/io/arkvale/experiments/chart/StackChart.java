package io.arkvale.experiments.chart;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A bar per row, made of parts, with the paper's value of the whole.
 *
 * @param parts names of the parts, in the order of their lengths in every row
 */
public record StackChart(Labels labels, List<Part> parts, List<Bar> bars) implements Chart {
    /** A part of every bar. */
    public record Part(String name, Ink ink) {}

    /**
     * A bar.
     *
     * @param lengths one per part
     * @param paper the paper's value of the whole, or null
     */
    public record Bar(
            String name, List<Double> lengths, @Nullable Double paper) {
        /** The length of the whole bar. */
        public double whole() {
            return lengths.stream().mapToDouble(length -> length).sum();
        }
    }

    /** Refuses bars whose parts are not those of the chart. */
    public StackChart {
        for (var bar : bars) {
            if (bar.lengths().size() != parts.size()) {
                throw new IllegalArgumentException("bar '" + bar.name() + "' has other parts than its chart");
            }
        }
    }

    @Override
    public String description() {
        return bars.stream()
                .map(bar -> bar.name() + ": " + LineChart.number(bar.whole())
                        + (bar.paper() == null ? "" : "; the paper's value " + LineChart.number(bar.paper())) + ".")
                .collect(Collectors.joining(" "));
    }
}
