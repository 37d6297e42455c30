package io.arkvale.experiments.drawing;

import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds room for names beside points: the nearest place that covers neither a point nor another name. A line leads to a
 * place further away; if it can, it crosses no other such line and no name.
 */
final class LabelPlacement {
    private static final double HEIGHT = 16;
    private static final double GAP = 6;
    private static final int RINGS = 2;
    private static final int STEP = 8;

    private final Rectangle2D bounds;
    private final List<Rectangle2D> taken = new ArrayList<>();
    private final List<Rectangle2D> names = new ArrayList<>();
    private final List<Line2D> leaders = new ArrayList<>();

    /**
     * Where a name stands.
     *
     * @param leader from the point to the name, or null for a name beside its point
     */
    record Place(Rectangle2D name, @Nullable Line2D leader) {}

    /** @param bounds within which names must stay */
    LabelPlacement(Rectangle2D bounds) {
        this.bounds = bounds;
    }

    /** Keeps names off a point. */
    void occupy(double x, double y, double width) {
        taken.add(new Rectangle2D.Double(x - width / 2, y - width / 2, width, width));
    }

    /** Takes the nearest free place; none if names fill all that is there. */
    Optional<Place> place(double x, double y, double width) {
        var found = beside(x, y, width)
                .filter(this::isFree)
                .filter(place -> leaders.stream().noneMatch(line -> line.intersects(place)))
                .map(place -> new Place(place, null))
                .findFirst()
                .or(() -> away(x, y, width, this::isClear))
                .or(() -> away(x, y, width, line -> true));
        found.ifPresent(place -> {
            taken.add(place.name());
            names.add(place.name());
            if (place.leader() != null) {
                leaders.add(place.leader());
            }
        });
        return found;
    }

    /** Places that touch the point, or nearly. */
    private static Stream<Rectangle2D> beside(double x, double y, double width) {
        return IntStream.range(0, RINGS)
                .mapToObj(ring -> GAP + ring * 9.0)
                .flatMap(gap -> Stream.of(
                        rectangle(x + gap, y - HEIGHT / 2, width),
                        rectangle(x - gap - width - 4, y - HEIGHT / 2, width),
                        rectangle(x - width / 2, y - gap - HEIGHT, width),
                        rectangle(x - width / 2, y + gap, width)));
    }

    /** The nearest of all places, with a line that will do. */
    private Optional<Place> away(double x, double y, double width, Predicate<Line2D> leader) {
        var columns = (int) ((bounds.getWidth() - width - 4) / STEP);
        var rows = (int) ((bounds.getHeight() - HEIGHT) / STEP);
        return IntStream.rangeClosed(0, Math.max(0, rows))
                .boxed()
                .flatMap(row -> IntStream.rangeClosed(0, Math.max(0, columns))
                        .mapToObj(column ->
                                rectangle(bounds.getMinX() + column * STEP, bounds.getMinY() + row * STEP, width)))
                .filter(this::isFree)
                .map(place -> new Place(place, line(x, y, place)))
                .filter(place -> place.leader() != null && leader.test(place.leader()))
                .min(Comparator.comparingDouble(place -> length(place.leader())));
    }

    private boolean isFree(Rectangle2D place) {
        return bounds.contains(place) && taken.stream().noneMatch(place::intersects);
    }

    private boolean isClear(Line2D line) {
        return names.stream().noneMatch(line::intersects) && leaders.stream().noneMatch(line::intersectsLine);
    }

    /** From the point to the nearest side of a name, in its middle. */
    private static Line2D line(double x, double y, Rectangle2D place) {
        var right = place.getMinX() > x;
        var beside = right || place.getMaxX() < x;
        return beside
                ? new Line2D.Double(x, y, right ? place.getMinX() : place.getMaxX(), place.getCenterY())
                : new Line2D.Double(x, y, x, y > place.getCenterY() ? place.getMaxY() - 3 : place.getMinY() + 3);
    }

    private static double length(@Nullable Line2D line) {
        return line == null ? 0 : line.getP1().distance(line.getP2());
    }

    private static Rectangle2D rectangle(double x, double y, double width) {
        return new Rectangle2D.Double(x, y, width + 6, HEIGHT);
    }
}
