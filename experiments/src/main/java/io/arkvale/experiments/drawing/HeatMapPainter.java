package io.arkvale.experiments.drawing;

import io.arkvale.experiments.chart.HeatMap;
import io.arkvale.experiments.chart.Ink;
import io.arkvale.experiments.chart.LineChart;
import io.arkvale.experiments.chart.Palette;
import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import org.jfree.chart.plot.PlotRenderingInfo;
import org.jfree.chart.renderer.LookupPaintScale;
import org.jfree.chart.renderer.xy.XYBlockRenderer;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.data.xy.DefaultXYZDataset;

/** Cells whose ground says what the number in them says. */
final class HeatMapPainter implements Painter {
    private static final int ROW = 46;

    private final HeatMap chart;

    HeatMapPainter(HeatMap chart) {
        this.chart = chart;
    }

    @Override
    public List<KeyEntry> key() {
        return List.of(new KeyEntry(new Rectangle2D.Double(-5, -5, 10, 10), false, Ink.TEXT, chart.outline()));
    }

    @Override
    public double height() {
        return ROW * chart.rows().size() + Axes.BOTTOM;
    }

    @Override
    public void paint(Graphics2D graphics, Rectangle2D area) {
        var plot = Axes.plot(Axes.names(chart.columns(), 0.5), Axes.names(chart.rows(), 0.5));
        plot.setRangeGridlinesVisible(false);
        var data = new DefaultXYZDataset();
        data.addSeries("cells", new double[][] {
            chart.cells().stream().mapToDouble(HeatMap.Cell::column).toArray(),
            chart.cells().stream().mapToDouble(HeatMap.Cell::row).toArray(),
            chart.cells().stream().mapToDouble(HeatMap.Cell::value).toArray()
        });
        plot.setDataset(data);
        var renderer = new XYBlockRenderer();
        renderer.setBlockWidth(0.94);
        renderer.setBlockHeight(0.9);
        renderer.setPaintScale(scale());
        plot.setRenderer(renderer);
        var info = new PlotRenderingInfo(null);
        plot.draw(graphics, area, null, null, info);
        for (var cell : chart.cells()) {
            var x = plot.getDomainAxis().valueToJava2D(cell.column(), info.getDataArea(), RectangleEdge.BOTTOM);
            var y = plot.getRangeAxis().valueToJava2D(cell.row(), info.getDataArea(), RectangleEdge.LEFT);
            var width = info.getDataArea().getWidth() / chart.columns().size() * 0.94;
            var height = info.getDataArea().getHeight() / chart.rows().size() * 0.9;
            if (cell.outlined()) {
                graphics.setPaint(Ink.TEXT.color());
                graphics.setStroke(new BasicStroke(1.8f));
                graphics.draw(new Rectangle2D.Double(x - width / 2, y - height / 2, width, height));
            }
            var text = LineChart.number(cell.value());
            var half = Sheet.width(text, Sheet.SMALL) / 2;
            Sheet.write(graphics, Sheet.font(Font.PLAIN, Sheet.SMALL), Ink.TEXT, text, x - half, y + 4.5);
        }
    }

    /** Equal steps from nothing to the largest value. */
    private LookupPaintScale scale() {
        var most = chart.cells().stream().mapToDouble(HeatMap.Cell::value).max().orElse(1);
        var end = Math.max(most, 1e-9);
        var scale = new LookupPaintScale(0, end, Palette.HEAT.getLast().color());
        for (int i = 0; i < Palette.HEAT.size(); i++) {
            scale.add(end * i / Palette.HEAT.size(), Palette.HEAT.get(i).color());
        }
        return scale;
    }
}
