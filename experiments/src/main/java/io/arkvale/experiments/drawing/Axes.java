package io.arkvale.experiments.drawing;

import io.arkvale.experiments.chart.Ink;
import java.awt.BasicStroke;
import java.awt.Font;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import org.jfree.chart.axis.Axis;
import org.jfree.chart.axis.AxisSpace;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.SymbolAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.ui.RectangleInsets;

/** Axes in one style, whose marks do not depend on fonts. */
final class Axes {
    /** Room for the marks of the axes. */
    static final int LEFT = 34;

    static final int BOTTOM = 22;
    private static final int MOST_TICKS = 6;

    private Axes() {}

    /** An axis of numbers with round marks, few enough to fit. */
    static NumberAxis numbers(double from, double to) {
        var axis = new NumberAxis();
        axis.setRange(from, to);
        var unit = unit(to - from);
        var format = new DecimalFormat(unit < 1 ? "0.0" : "#,##0", DecimalFormatSymbols.getInstance(Locale.ROOT));
        axis.setTickUnit(new NumberTickUnit(unit, format));
        style(axis);
        return axis;
    }

    /** An axis that holds two values with some room around them, from a round number to another. */
    static NumberAxis around(double least, double most) {
        var room = Math.max((most - least) * 0.06, Math.abs(most) * 1e-3);
        var unit = unit(most - least + 2 * room);
        return numbers(Math.max(0, Math.floor((least - room) / unit) * unit), Math.ceil((most + room) / unit) * unit);
    }

    /** The least of 1, 2 and 5 times a power of ten that gives few enough marks. */
    private static double unit(double length) {
        var power = Math.pow(10, Math.floor(Math.log10(length / MOST_TICKS)));
        for (var step : new double[] {1, 2, 5}) {
            if (length / (power * step) <= MOST_TICKS) {
                return power * step;
            }
        }
        return power * 10;
    }

    /** The end of an axis from 0 that holds a value and some room above. */
    static double end(double most) {
        if (most <= 0) {
            return 1;
        }
        var unit = unit(most);
        return Math.ceil(most * 1.02 / unit) * unit;
    }

    /** An axis of names at 0, 1, 2 ... with some room before and behind. */
    static SymbolAxis names(List<String> names, double room) {
        var axis = new SymbolAxis("", names.toArray(String[]::new));
        axis.setRange(-room, names.size() - 1 + room);
        axis.setGridBandsVisible(false);
        style(axis);
        return axis;
    }

    static void style(Axis axis) {
        axis.setTickLabelFont(Sheet.font(Font.PLAIN, Sheet.SMALL));
        axis.setTickLabelPaint(Ink.MUTED.color());
        axis.setAxisLinePaint(Ink.MUTED.color());
        axis.setAxisLineStroke(new BasicStroke(1));
        axis.setTickMarkPaint(Ink.MUTED.color());
        axis.setLabel(null);
    }

    /** A plot whose place within its area is fixed. */
    static XYPlot plot(ValueAxis domain, ValueAxis range) {
        var plot = new XYPlot();
        plot.setDomainAxis(domain);
        plot.setRangeAxis(range);
        var left = new AxisSpace();
        left.setLeft(LEFT);
        plot.setFixedRangeAxisSpace(left);
        var bottom = new AxisSpace();
        bottom.setBottom(BOTTOM);
        plot.setFixedDomainAxisSpace(bottom);
        plot.setInsets(RectangleInsets.ZERO_INSETS);
        plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
        plot.setBackgroundPaint(null);
        plot.setOutlineVisible(false);
        plot.setDomainGridlinesVisible(false);
        plot.setRangeGridlinePaint(Ink.GRID.color());
        plot.setRangeGridlineStroke(new BasicStroke(1));
        plot.setRangeZeroBaselineVisible(false);
        range.setAxisLineVisible(false);
        range.setTickMarksVisible(false);
        return plot;
    }
}
