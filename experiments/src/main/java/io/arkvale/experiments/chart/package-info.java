/**
 * Charts as data.
 *
 * <p>A chart is made of typed values: {@link io.arkvale.experiments.chart.LineChart}, {@link
 * io.arkvale.experiments.chart.StackChart}, {@link io.arkvale.experiments.chart.HeatMap} and {@link
 * io.arkvale.experiments.chart.ScatterChart}, each with {@link io.arkvale.experiments.chart.Labels} that state what it
 * shows. {@link io.arkvale.experiments.chart.Palette} alone knows which name has which {@link
 * io.arkvale.experiments.chart.Mark}. Figures make charts of results; package {@code drawing} draws them.
 */
@NullMarked
package io.arkvale.experiments.chart;

import org.jspecify.annotations.NullMarked;
