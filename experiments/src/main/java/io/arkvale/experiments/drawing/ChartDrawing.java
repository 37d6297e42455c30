package io.arkvale.experiments.drawing;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.chart.Chart;
import io.arkvale.experiments.chart.HeatMap;
import io.arkvale.experiments.chart.LineChart;
import io.arkvale.experiments.chart.ScatterChart;
import io.arkvale.experiments.chart.StackChart;
import java.awt.Font;
import java.awt.font.FontRenderContext;

/** Draws any chart as an SVG document. */
public final class ChartDrawing {
    private ChartDrawing() {}

    /**
     * Makes sure that charts can be drawn here, before hours are spent on what they show.
     *
     * @throws UserException if Java finds no fonts
     */
    public static void requireFonts() {
        try {
            Sheet.font(Font.PLAIN, Sheet.SMALL).createGlyphVector(new FontRenderContext(null, true, true), "0");
        } catch (RuntimeException | Error failure) { // the font system fails in many ways
            throw new UserException(
                    "charts need fonts, and Java finds none here; install fontconfig and a font such as DejaVu",
                    failure);
        }
    }

    /** The chart as a document that may stand in a file of its own or, without a change, in a page of HTML. */
    public static String svg(Chart chart, Theme theme) {
        var painter = painter(chart);
        var sheet = new Sheet(chart.labels(), painter.key(), painter.height());
        return SvgDocument.of(chart, theme, Sheet.WIDTH, sheet.height(), graphics -> {
            sheet.paint(graphics);
            painter.paint(graphics, sheet.plot());
        });
    }

    private static Painter painter(Chart chart) {
        return switch (chart) {
            case LineChart lines -> new LinePainter(lines);
            case StackChart stacks -> new StackPainter(stacks);
            case HeatMap map -> new HeatMapPainter(map);
            case ScatterChart scatter -> new ScatterPainter(scatter);
        };
    }
}
