package io.arkvale.experiments.drawing;

import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds room for names beside points: the nearest place that covers neither a point nor another name. */
final class LabelPlacement {
    private static final double HEIGHT = 16;
    private static final int NEAR = 1;
    private static final int FAR = 12;

    private final Rectangle2D bounds;
    private final List<Rectangle2D> taken = new ArrayList<>();

    /** @param bounds within which names must stay */
    LabelPlacement(Rectangle2D bounds) {
        this.bounds = bounds;
    }

    /** Keeps names off a point. */
    void occupy(double x, double y, double width) {
        taken.add(new Rectangle2D.Double(x - width / 2, y - width / 2, width, width));
    }

    /**
     * Takes the nearest free place.
     *
     * @param far whether a place further away, to which a line leads, will do
     */
    Optional<Rectangle2D> place(double x, double y, double width, boolean far) {
        for (int ring = 0; ring <= (far ? FAR : NEAR); ring++) {
            var gap = 6 + ring * 9.0;
            for (var place : List.of(
                    rectangle(x + gap, y - HEIGHT / 2, width),
                    rectangle(x - gap - width - 4, y - HEIGHT / 2, width),
                    rectangle(x - width / 2, y - gap - HEIGHT, width),
                    rectangle(x - width / 2, y + gap, width),
                    rectangle(x + gap, y - gap - HEIGHT / 2, width),
                    rectangle(x + gap, y + gap - HEIGHT / 2, width),
                    rectangle(x - gap - width, y - gap - HEIGHT / 2, width),
                    rectangle(x - gap - width, y + gap - HEIGHT / 2, width))) {
                if (bounds.contains(place) && taken.stream().noneMatch(place::intersects)) {
                    taken.add(place);
                    return Optional.of(place);
                }
            }
        }
        return Optional.empty();
    }

    private static Rectangle2D rectangle(double x, double y, double width) {
        return new Rectangle2D.Double(x, y, width + 4, HEIGHT);
    }
}
