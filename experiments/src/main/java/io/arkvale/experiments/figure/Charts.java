package io.arkvale.experiments.figure;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.figure.Drawn.Picture;
import java.awt.Color;
import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Charts in one style: wide enough for a desktop, with letters that can still be read at a phone's width. */
final class Charts {
    private static final int WIDTH = 560;
    private static final int HEIGHT = 380;
    /** Letters of all categories that stand beside each other. */
    private static final int MOST_LETTERS = 36;

    private static final Color GRID = new Color(0xdddddd);
    private static final Color INK = new Color(0x222222);
    private static final Color[] HEAT = {new Color(0xfff4d6), new Color(0xf6c177), new Color(0xd55e00)};

    /**
     * What a chart says around its data.
     *
     * @param name file name without the ending
     * @param title heading
     * @param x title of the horizontal axis, with its unit
     * @param y title of the vertical axis, with its unit
     */
    record Labels(String name, String title, String x, String y) {}

    /**
     * Values of one name, one a category.
     *
     * @param values null where there is none
     */
    record Series(String name, List<? extends @Nullable Double> values) {}

    /** Points of one name. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Curve(String name, double[] xs, double[] ys) {}

    /** A cell of a heat map. */
    record Cell(int column, int row, double value) {}

    private Charts() {}

    /** Refuses a machine whose Java cannot write letters. */
    static void requireFonts() {
        try {
            font(Font.PLAIN, 14).createGlyphVector(new FontRenderContext(null, true, true), "0");
        } catch (RuntimeException | Error failure) { // the font system fails in many ways
            throw new UserException(
                    "charts need fonts, and Java finds none here; install fontconfig and a font such as DejaVu",
                    failure);
        }
    }

    /** A line a series over categories. */
    static Picture lines(Labels labels, List<String> categories, List<Series> series) {
        var chart = categories(labels, categories, series);
        chart.getStyler()
                .setDefaultSeriesRenderStyle(CategorySeriesRenderStyle.Line)
                .setOverlapped(true)
                .setMarkerSize(7);
        return picture(labels, Svg.of(chart, labels));
    }

    /** A bar a series side by side in every category. */
    static Picture bars(Labels labels, List<String> categories, List<Series> series) {
        var chart = categories(labels, categories, series);
        chart.getStyler().setAvailableSpaceFill(0.8);
        return picture(labels, Svg.of(chart, labels));
    }

    /** The series of a category on top of each other. */
    static Picture stacks(Labels labels, List<String> categories, List<Series> series) {
        var chart = categories(labels, categories, series);
        chart.getStyler().setStacked(true).setAvailableSpaceFill(0.7);
        return picture(labels, Svg.of(chart, labels));
    }

    private static CategoryChart categories(Labels labels, List<String> categories, List<Series> series) {
        var chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(labels.title())
                .xAxisTitle(labels.x())
                .yAxisTitle(labels.y())
                .build();
        style(chart.getStyler());
        chart.getStyler().setYAxisMin(0.0);
        if (labels.y().endsWith("%")) {
            chart.getStyler().setYAxisMax(100.0);
        }
        if (categories.stream().mapToInt(String::length).sum() > MOST_LETTERS) {
            chart.getStyler().setXAxisLabelRotation(45);
        }
        var names = series.stream().map(Series::name).toList();
        for (var one : series) {
            var added = chart.addSeries(one.name(), categories, one.values());
            var color = Palette.of(one.name(), names);
            added.setFillColor(color);
            added.setLineColor(color);
            added.setMarkerColor(color);
        }
        return chart;
    }

    /** Lines through points, without markers. */
    static Picture curves(Labels labels, List<Curve> curves) {
        var chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(labels.title())
                .xAxisTitle(labels.x())
                .yAxisTitle(labels.y())
                .build();
        style(chart.getStyler());
        chart.getStyler().setXAxisTickMarkSpacingHint(100);
        var names = curves.stream().map(Curve::name).toList();
        for (var curve : curves) {
            chart.addSeries(curve.name(), curve.xs(), curve.ys())
                    .setMarker(SeriesMarkers.NONE)
                    .setLineColor(Palette.of(curve.name(), names))
                    .setLineWidth(1.5f);
        }
        return picture(labels, Svg.of(chart, labels));
    }

    /** Numbers on coloured cells; cells may be missing. */
    static Picture heatMap(Labels labels, List<String> columns, List<String> rows, List<Cell> cells) {
        var chart = new HeatMapChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(labels.title())
                .xAxisTitle(labels.x())
                .yAxisTitle(labels.y())
                .build();
        style(chart.getStyler());
        chart.getStyler()
                .setRangeColors(HEAT)
                .setShowValue(true)
                .setValueFont(font(Font.PLAIN, 14))
                .setHeatMapValueDecimalPattern("0.0")
                .setLegendVisible(false);
        var values = new ArrayList<Number[]>();
        cells.forEach(cell -> values.add(new Number[] {cell.column(), cell.row(), cell.value()}));
        chart.addSeries(labels.title(), columns, rows, values);
        return picture(labels, Svg.of(chart, labels));
    }

    private static void style(AxesChartStyler styler) {
        styler.setAxisTitleFont(font(Font.PLAIN, 15))
                .setAxisTickLabelsFont(font(Font.PLAIN, 14))
                .setAxisTickLabelsColor(INK)
                .setPlotGridLinesColor(GRID)
                .setPlotMargin(0);
        styler.setChartTitleFont(font(Font.BOLD, 16))
                .setChartBackgroundColor(Color.WHITE)
                .setChartFontColor(INK)
                .setPlotBorderVisible(false)
                .setLegendFont(font(Font.PLAIN, 14))
                .setLegendBorderColor(Color.WHITE)
                .setLegendPosition(Styler.LegendPosition.OutsideE)
                .setLegendSeriesLineLength(14)
                .setLegendPadding(8)
                .setChartPadding(10);
    }

    private static Font font(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }

    private static Picture picture(Labels labels, String svg) {
        return new Picture(labels.name(), labels.title(), svg);
    }
}
