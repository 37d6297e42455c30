package io.arkvale.experiments.drawing;

import io.arkvale.experiments.chart.Ink;
import io.arkvale.experiments.chart.PaperPoint;
import io.arkvale.experiments.chart.StackChart;
import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jfree.chart.axis.AxisLocation;
import org.jfree.chart.axis.AxisSpace;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.PlotRenderingInfo;
import org.jfree.chart.renderer.category.StackedBarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.category.DefaultCategoryDataset;

/** Bars that lie, so that names of any length fit; the length of each is written behind it. */
final class StackPainter implements Painter {
    private static final int ROW = 30;
    /** For the numbers behind the bars. */
    private final double room;

    private final StackChart chart;

    StackPainter(StackChart chart) {
        this.chart = chart;
        room = chart.bars().stream()
                        .mapToDouble(bar -> Sheet.width(words(bar), Sheet.SMALL))
                        .max()
                        .orElse(0)
                + 12;
    }

    @Override
    public List<KeyEntry> key() {
        var key = new ArrayList<KeyEntry>();
        chart.parts()
                .forEach(part ->
                        key.add(new KeyEntry(new Rectangle2D.Double(-5, -5, 10, 10), true, part.ink(), part.name())));
        if (chart.bars().stream().anyMatch(bar -> bar.paper() != null)) {
            key.add(KeyEntry.of(PaperPoint.Bound.EXACT));
        }
        return key;
    }

    @Override
    public double height() {
        return ROW * chart.bars().size() + Axes.BOTTOM;
    }

    @Override
    public void paint(Graphics2D graphics, Rectangle2D area) {
        var left = chart.bars().stream()
                        .mapToDouble(bar -> Sheet.width(bar.name(), Sheet.SMALL))
                        .max()
                        .orElse(0)
                + 14;
        var plot = plot(left);
        var info = new PlotRenderingInfo(null);
        var own = new Rectangle2D.Double(area.getX(), area.getY(), area.getWidth() - room, area.getHeight());
        plot.draw(graphics, own, null, null, info);
        for (int i = 0; i < chart.bars().size(); i++) {
            var bar = chart.bars().get(i);
            var y = plot.getDomainAxis()
                    .getCategoryMiddle(i, chart.bars().size(), info.getDataArea(), RectangleEdge.LEFT);
            var end = x(plot, info, bar.whole());
            var paper = bar.paper() == null ? end : x(plot, info, bar.paper());
            if (bar.paper() != null) {
                var diamond = AffineTransform.getTranslateInstance(paper, y)
                        .createTransformedShape(
                                KeyEntry.form(PaperPoint.Bound.EXACT).shape(11));
                graphics.setPaint(Ink.GROUND.color());
                graphics.fill(diamond);
                graphics.setPaint(Ink.TEXT.color());
                graphics.setStroke(new BasicStroke(1.5f));
                graphics.draw(diamond);
            }
            var x = Math.max(end, paper + 6) + 5;
            Sheet.write(graphics, Sheet.font(Font.PLAIN, Sheet.SMALL), Ink.TEXT, words(bar), x, y + 4.5);
        }
    }

    private static String words(StackChart.Bar bar) {
        return String.format(Locale.ROOT, "%.1f", bar.whole())
                + (bar.paper() == null ? "" : String.format(Locale.ROOT, " (paper %.1f)", bar.paper()));
    }

    private static double x(CategoryPlot plot, PlotRenderingInfo info, double value) {
        return plot.getRangeAxis().valueToJava2D(value, info.getDataArea(), RectangleEdge.BOTTOM);
    }

    private CategoryPlot plot(double left) {
        var data = new DefaultCategoryDataset();
        for (var bar : chart.bars()) {
            for (int i = 0; i < chart.parts().size(); i++) {
                data.addValue(bar.lengths().get(i), chart.parts().get(i).name(), bar.name());
            }
        }
        var renderer = new StackedBarRenderer();
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        renderer.setDrawBarOutline(false);
        for (int i = 0; i < chart.parts().size(); i++) {
            renderer.setSeriesPaint(i, chart.parts().get(i).ink().color());
        }
        var most = chart.bars().stream()
                .mapToDouble(bar -> Math.max(bar.whole(), Objects.requireNonNullElse(bar.paper(), 0.0)))
                .max()
                .orElse(0);
        var names = new CategoryAxis();
        Axes.style(names);
        names.setTickLabelPaint(Ink.TEXT.color());
        names.setMaximumCategoryLabelWidthRatio(1);
        names.setCategoryMargin(0.3);
        names.setLowerMargin(0.02);
        names.setUpperMargin(0.02);
        names.setTickMarksVisible(false);
        var plot = new CategoryPlot(data, names, Axes.numbers(0, Axes.end(most)), renderer);
        plot.setOrientation(PlotOrientation.HORIZONTAL);
        var place = new AxisSpace();
        place.setLeft(left);
        plot.setFixedDomainAxisSpace(place);
        var below = new AxisSpace();
        below.setBottom(Axes.BOTTOM);
        plot.setFixedRangeAxisSpace(below);
        plot.setRangeAxisLocation(AxisLocation.BOTTOM_OR_LEFT);
        plot.setInsets(RectangleInsets.ZERO_INSETS);
        plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
        plot.setBackgroundPaint(null);
        plot.setOutlineVisible(false);
        plot.setRangeGridlinePaint(Ink.GRID.color());
        plot.setRangeGridlineStroke(new BasicStroke(1));
        return plot;
    }
}
