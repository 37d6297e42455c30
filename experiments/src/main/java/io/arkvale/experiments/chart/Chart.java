package io.arkvale.experiments.chart;

/** A chart as data: everything that is drawn, and nothing about how. */
public sealed interface Chart permits HeatMap, LineChart, ScatterChart, StackChart {
    /** The words around the data. */
    Labels labels();

    /** The values in words, for those who cannot see the drawing. */
    String description();
}
