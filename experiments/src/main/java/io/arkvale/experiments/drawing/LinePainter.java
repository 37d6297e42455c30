package io.arkvale.experiments.drawing;

import io.arkvale.experiments.chart.Ink;
import io.arkvale.experiments.chart.LineChart;
import io.arkvale.experiments.chart.PaperPoint;
import io.arkvale.experiments.chart.Point;
import io.arkvale.experiments.chart.Series;
import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jfree.chart.plot.PlotRenderingInfo;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;
import org.jfree.data.xy.YIntervalSeries;
import org.jfree.data.xy.YIntervalSeriesCollection;

/** Lines with their names at the right end. Where there are intervals, lines stand side by side, so that all are seen. */
final class LinePainter implements Painter {
    private static final double MARK = 8;
    private static final double PAPER_MARK = 11;
    /** Longer lines are curves, without a mark at each value. */
    private static final int MOST_MARKS = 20;
    /** Between the names. */
    private static final double GAP = 16;

    private final LineChart chart;

    LinePainter(LineChart chart) {
        this.chart = chart;
    }

    @Override
    public List<KeyEntry> key() {
        var key = new ArrayList<KeyEntry>();
        if (hasIntervals()) {
            key.add(KeyEntry.interval());
        }
        chart.series().stream()
                .flatMap(series -> series.paper().stream())
                .map(PaperPoint::bound)
                .distinct()
                .sorted()
                .forEach(bound -> key.add(KeyEntry.of(bound)));
        chart.paper().forEach(line -> key.add(KeyEntry.level(line.words())));
        return key;
    }

    private boolean hasIntervals() {
        return points().anyMatch(Point::hasInterval);
    }

    private Stream<Point> points() {
        return chart.series().stream().flatMap(series -> series.points().stream());
    }

    @Override
    public double height() {
        return 230;
    }

    @Override
    public void paint(Graphics2D graphics, Rectangle2D area) {
        var names = chart.series().stream()
                        .mapToDouble(series -> Sheet.width(series.name(), Sheet.SMALL))
                        .max()
                        .orElse(0)
                + 26;
        var own = new Rectangle2D.Double(area.getX(), area.getY(), area.getWidth() - names, area.getHeight());
        var plot = plot();
        for (int i = 0; i < chart.series().size(); i++) {
            add(plot, i);
        }
        var info = new PlotRenderingInfo(null);
        plot.draw(graphics, own, null, null, info);
        chart.paper().forEach(line -> level(graphics, plot, info.getDataArea(), line));
        paper(graphics, plot, info.getDataArea());
        names(graphics, plot, info.getDataArea());
    }

    private XYPlot plot() {
        var most = Double.isNaN(chart.most())
                ? Axes.end(DoubleStream.concat(
                                points().mapToDouble(Point::high),
                                DoubleStream.concat(
                                        chart.paper().stream().mapToDouble(LineChart.PaperLine::y),
                                        chart.series().stream()
                                                .flatMap(series -> series.paper().stream())
                                                .mapToDouble(PaperPoint::y)))
                        .max()
                        .orElse(0))
                : chart.most();
        var domain = chart.categories().isEmpty()
                ? Axes.numbers(
                        points().mapToDouble(Point::x).min().orElse(0),
                        points().mapToDouble(Point::x).max().orElse(1))
                : Axes.names(chart.categories(), 0.35);
        return Axes.plot(domain, Axes.numbers(0, most));
    }

    /** How far a line stands from the middle of its places. */
    private double offset(int series) {
        if (!hasIntervals()) {
            return 0;
        }
        var count = chart.series().size();
        return (series - (count - 1) / 2.0) * Math.min(0.1, 0.6 / count);
    }

    private void add(XYPlot plot, int number) {
        var series = chart.series().get(number);
        var data = new YIntervalSeries(series.name());
        series.points().forEach(point -> data.add(point.x() + offset(number), point.y(), point.low(), point.high()));
        var set = new YIntervalSeriesCollection();
        set.addSeries(data);
        plot.setDataset(number, set);
        XYLineAndShapeRenderer renderer;
        if (series.points().stream().anyMatch(Point::hasInterval)) {
            var errors = new XYErrorRenderer();
            errors.setDrawXError(false);
            errors.setCapLength(0);
            errors.setErrorStroke(new BasicStroke(1.3f));
            errors.setErrorPaint(series.mark().ink().color());
            renderer = errors;
        } else {
            renderer = new XYLineAndShapeRenderer();
        }
        renderer.setDefaultLinesVisible(true);
        renderer.setDefaultShapesVisible(series.points().size() <= MOST_MARKS);
        renderer.setDefaultShape(series.mark().form().shape(MARK));
        renderer.setAutoPopulateSeriesShape(false);
        renderer.setDrawSeriesLineAsPath(true);
        renderer.setSeriesPaint(0, series.mark().ink().color());
        renderer.setSeriesStroke(0, new BasicStroke(2));
        plot.setRenderer(number, renderer);
    }

    private static void level(Graphics2D graphics, XYPlot plot, Rectangle2D data, LineChart.PaperLine line) {
        var y = plot.getRangeAxis().valueToJava2D(line.y(), data, RectangleEdge.LEFT);
        graphics.setPaint(Ink.TEXT.color());
        graphics.setStroke(
                new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {5, 4}, 0));
        graphics.draw(new Line2D.Double(data.getMinX(), y, data.getMaxX(), y));
    }

    /** Hollow marks: what is ours is seen through them. */
    private void paper(Graphics2D graphics, XYPlot plot, Rectangle2D data) {
        for (int i = 0; i < chart.series().size(); i++) {
            var series = chart.series().get(i);
            graphics.setPaint(series.mark().ink().color());
            graphics.setStroke(new BasicStroke(1.5f));
            for (var point : series.paper()) {
                var x = plot.getDomainAxis().valueToJava2D(point.x() + offset(i), data, RectangleEdge.BOTTOM);
                var y = plot.getRangeAxis().valueToJava2D(point.y(), data, RectangleEdge.LEFT);
                graphics.draw(AffineTransform.getTranslateInstance(x, y)
                        .createTransformedShape(KeyEntry.form(point.bound()).shape(PAPER_MARK)));
            }
        }
    }

    private void names(Graphics2D graphics, XYPlot plot, Rectangle2D data) {
        var wanted = chart.series().stream()
                .map(series -> plot.getRangeAxis()
                        .valueToJava2D(series.points().getLast().y(), data, RectangleEdge.LEFT))
                .toList();
        var places = LabelColumn.spread(wanted, GAP, data.getMinY(), data.getMaxY());
        for (int i = 0; i < places.size(); i++) {
            var series = chart.series().get(i);
            var x = data.getMaxX();
            var y = places.get(i);
            leader(graphics, plot, data, series, x, y, offset(i));
            graphics.setPaint(series.mark().ink().color());
            graphics.fill(AffineTransform.getTranslateInstance(x + 14, y)
                    .createTransformedShape(series.mark().form().shape(MARK)));
            Sheet.write(graphics, Sheet.font(Font.PLAIN, Sheet.SMALL), Ink.TEXT, series.name(), x + 22, y + 4.5);
        }
    }

    /** A thin line from the last value to its name. */
    private static void leader(
            Graphics2D graphics, XYPlot plot, Rectangle2D data, Series series, double x, double y, double offset) {
        var last = series.points().getLast();
        graphics.setPaint(series.mark().ink().color());
        graphics.setStroke(new BasicStroke(0.8f));
        graphics.draw(new Line2D.Double(
                plot.getDomainAxis().valueToJava2D(last.x() + offset, data, RectangleEdge.BOTTOM) + MARK / 2,
                plot.getRangeAxis().valueToJava2D(last.y(), data, RectangleEdge.LEFT),
                x + 9,
                y));
    }

    /** Points without intervals, as JFreeChart takes them. */
    static XYSeriesCollection collection(String name, List<Point> points) {
        var data = new XYSeries(name, false);
        points.forEach(point -> data.add(point.x(), point.y()));
        return new XYSeriesCollection(data);
    }
}
