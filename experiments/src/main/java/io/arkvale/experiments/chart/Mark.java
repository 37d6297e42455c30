package io.arkvale.experiments.chart;

import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;

/** How a name looks in every chart: a colour, and a shape for those who do not see the colour. */
public record Mark(Ink ink, Form form) {
    /** A shape around the point that it marks. */
    public enum Form {
        CIRCLE,
        SQUARE,
        UP,
        DOWN,
        DIAMOND;

        /** The shape of about this width around the origin. */
        public Shape shape(double width) {
            var half = width / 2;
            return switch (this) {
                case CIRCLE -> new Ellipse2D.Double(-half, -half, width, width);
                case SQUARE -> new Rectangle2D.Double(-half * 0.9, -half * 0.9, width * 0.9, width * 0.9);
                case UP -> polygon(-half, half * 0.9, half, half * 0.9, 0, -half);
                case DOWN -> polygon(-half, -half * 0.9, half, -half * 0.9, 0, half);
                case DIAMOND -> polygon(-half * 1.2, 0, 0, -half * 1.2, half * 1.2, 0, 0, half * 1.2);
            };
        }

        private static Shape polygon(double... corners) {
            var path = new Path2D.Double();
            path.moveTo(corners[0], corners[1]);
            for (int i = 2; i < corners.length; i += 2) {
                path.lineTo(corners[i], corners[i + 1]);
            }
            path.closePath();
            return path;
        }
    }
}
