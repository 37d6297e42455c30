package io.arkvale.experiments.drawing;

import io.arkvale.experiments.chart.Ink;
import io.arkvale.experiments.chart.ScatterChart;
import io.arkvale.experiments.chart.Series;
import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jfree.chart.plot.PlotRenderingInfo;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.RectangleEdge;

/** Points with their intervals, a line along those that no other beats, and the name of every point. */
final class ScatterPainter implements Painter {
    private static final double MARK = 9;

    private final ScatterChart chart;

    ScatterPainter(ScatterChart chart) {
        this.chart = chart;
    }

    @Override
    public List<KeyEntry> key() {
        var key = new ArrayList<KeyEntry>();
        if (chart.items().stream().anyMatch(item -> ScatterChart.at(item).hasInterval())) {
            key.add(KeyEntry.interval());
        }
        key.add(new KeyEntry(new Line2D.Double(-6, 0, 6, 0), false, Ink.MUTED, "no policy scores more for less"));
        return key;
    }

    @Override
    public double height() {
        // Names need room.
        return Math.max(330, 13 * chart.items().size());
    }

    @Override
    public void paint(Graphics2D graphics, Rectangle2D area) {
        var xs = chart.items().stream()
                .mapToDouble(item -> ScatterChart.at(item).x())
                .summaryStatistics();
        var plot = Axes.plot(Axes.around(xs.getMin(), xs.getMax()), Axes.numbers(0, chart.most()));
        for (int i = 0; i < chart.items().size(); i++) {
            var item = chart.items().get(i);
            plot.setDataset(i, LinePainter.collection(item.name(), item.points()));
            var renderer = new XYLineAndShapeRenderer(false, true);
            renderer.setSeriesPaint(0, item.mark().ink().color());
            renderer.setSeriesShape(0, item.mark().form().shape(MARK));
            plot.setRenderer(i, renderer);
        }
        var info = new PlotRenderingInfo(null);
        var own = new Rectangle2D.Double(area.getX(), area.getY(), area.getWidth() - 10, area.getHeight());
        intervalsAndFront(graphics, plot, own);
        plot.draw(graphics, own, null, null, info);
        names(graphics, plot, info.getDataArea());
    }

    /** Behind the points. */
    private void intervalsAndFront(Graphics2D graphics, XYPlot plot, Rectangle2D area) {
        var data = new Rectangle2D.Double(
                area.getX() + Axes.LEFT, area.getY(), area.getWidth() - Axes.LEFT, area.getHeight() - Axes.BOTTOM);
        graphics.setStroke(new BasicStroke(0.8f));
        for (var item : chart.items()) {
            var point = ScatterChart.at(item);
            if (point.hasInterval()) {
                graphics.setPaint(item.mark().ink().color());
                graphics.draw(new Line2D.Double(
                        x(plot, data, point.x()),
                        y(plot, data, point.low()),
                        x(plot, data, point.x()),
                        y(plot, data, point.high())));
            }
        }
        var path = new Path2D.Double();
        for (var item : chart.front()) {
            var x = x(plot, data, ScatterChart.at(item).x());
            var y = y(plot, data, ScatterChart.at(item).y());
            if (path.getCurrentPoint() == null) {
                path.moveTo(x, y);
            } else {
                path.lineTo(x, path.getCurrentPoint().getY());
                path.lineTo(x, y);
            }
        }
        graphics.setPaint(Ink.MUTED.color());
        graphics.setStroke(new BasicStroke(1.3f));
        graphics.draw(path);
    }

    private static double x(XYPlot plot, Rectangle2D data, double value) {
        return plot.getDomainAxis().valueToJava2D(value, data, RectangleEdge.BOTTOM);
    }

    private static double y(XYPlot plot, Rectangle2D data, double value) {
        return plot.getRangeAxis().valueToJava2D(value, data, RectangleEdge.LEFT);
    }

    private void names(Graphics2D graphics, XYPlot plot, Rectangle2D data) {
        var placement = new LabelPlacement(data);
        for (var item : chart.items()) {
            var point = ScatterChart.at(item);
            placement.occupy(x(plot, data, point.x()), y(plot, data, point.y()), MARK);
        }
        var front = chart.front();
        var order = chart.items().stream()
                .sorted(Comparator.<Series>comparingInt(item -> chart.named().contains(item.name()) ? 0 : 1)
                        .thenComparingInt(item -> front.contains(item) ? 0 : 1)
                        .thenComparingDouble(item -> -ScatterChart.at(item).y()))
                .toList();
        for (var item : order) {
            var x = x(plot, data, ScatterChart.at(item).x());
            var y = y(plot, data, ScatterChart.at(item).y());
            placement
                    .place(x, y, Sheet.width(item.name(), Sheet.SMALL))
                    .ifPresent(place -> write(graphics, item, place));
        }
    }

    private static void write(Graphics2D graphics, Series item, LabelPlacement.Place place) {
        if (place.leader() != null) {
            graphics.setPaint(item.mark().ink().color());
            graphics.setStroke(new BasicStroke(0.8f));
            graphics.draw(place.leader());
        }
        Sheet.write(
                graphics,
                Sheet.font(Font.PLAIN, Sheet.SMALL),
                Ink.TEXT,
                item.name(),
                place.name().getMinX() + 2,
                place.name().getMaxY() - 4);
    }
}
