package io.arkvale.experiments.drawing;

import io.arkvale.experiments.chart.Ink;
import io.arkvale.experiments.chart.Mark.Form;
import io.arkvale.experiments.chart.PaperPoint;
import java.awt.Shape;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;

/**
 * A shape and what it means.
 *
 * @param shape around the origin
 * @param filled whether the shape is filled with the ink, or only its outline drawn
 */
record KeyEntry(Shape shape, boolean filled, Ink ink, String words) {
    /** Of a hollow mark: what the paper says. */
    static KeyEntry of(PaperPoint.Bound bound) {
        return new KeyEntry(form(bound).shape(9), false, Ink.TEXT, bound.words());
    }

    /** Of a bar through a mark. */
    static KeyEntry interval() {
        return new KeyEntry(new Line2D.Double(0, -6, 0, 6), false, Ink.TEXT, "95 % interval");
    }

    /** Of a broken line across the chart. */
    static KeyEntry level(String words) {
        var dashes = new Path2D.Double(new Line2D.Double(-7, 0, -2, 0));
        dashes.append(new Line2D.Double(2, 0, 7, 0), false);
        return new KeyEntry(dashes, false, Ink.TEXT, words);
    }

    /** The shape of what the paper says. */
    static Form form(PaperPoint.Bound bound) {
        return switch (bound) {
            case EXACT -> Form.DIAMOND;
            case ABOVE -> Form.UP;
            case BELOW -> Form.DOWN;
        };
    }
}
