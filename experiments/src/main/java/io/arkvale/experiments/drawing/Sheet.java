package io.arkvale.experiments.drawing;

import io.arkvale.experiments.chart.Ink;
import io.arkvale.experiments.chart.Labels;
import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;

/**
 * What all charts have around their plot: from above the title, the finding, the key, the title of the vertical axis;
 * below the plot the title of the horizontal axis. Narrow enough that its letters can be read on a phone.
 */
final class Sheet {
    static final int WIDTH = 440;
    /** Sizes of letters. */
    static final int SMALL = 13;

    private static final int LARGE = 16;
    private static final int LINE = 18;
    private static final int MARGIN = 8;

    private final Labels labels;
    private final List<KeyEntry> key;
    private final List<String> title;
    private final List<String> finding;
    private final List<Double> keyPlaces = new ArrayList<>();
    private final double keyTop;
    private final double keyLines;
    private final double plotTop;
    private final double plotHeight;

    Sheet(Labels labels, List<KeyEntry> key, double plotHeight) {
        this.labels = labels;
        this.key = key;
        this.plotHeight = plotHeight;
        title = wrapped(labels.title(), LARGE * 1.06);
        finding = wrapped(labels.finding(), SMALL);
        keyTop = MARGIN + title.size() * (LINE + 3) + finding.size() * LINE + 8;
        keyLines = placeKey();
        plotTop = keyTop + keyLines * LINE + (labels.y().isEmpty() ? 8 : LINE + 14);
    }

    private double placeKey() {
        var lines = key.isEmpty() ? 0 : 1;
        double x = MARGIN;
        for (var entry : key) {
            var width = 16 + width(entry.words(), SMALL);
            if (x > MARGIN && x + width > WIDTH - MARGIN) {
                lines++;
                x = MARGIN;
            }
            keyPlaces.add(x + (lines - 1) * WIDTH);
            x += width + 14;
        }
        return lines;
    }

    int height() {
        return (int) Math.ceil(plotTop + plotHeight + LINE + MARGIN);
    }

    /** Where the painter of the values draws. */
    Rectangle2D plot() {
        return new Rectangle2D.Double(MARGIN, plotTop, WIDTH - 2 * MARGIN, plotHeight);
    }

    void paint(Graphics2D graphics) {
        graphics.setPaint(Ink.GROUND.color());
        graphics.fill(new Rectangle2D.Double(0, 0, WIDTH, height()));
        double y = MARGIN;
        for (var line : title) {
            y += LINE + 3;
            write(graphics, font(Font.BOLD, LARGE), Ink.TEXT, line, MARGIN, y - 5);
        }
        for (var line : finding) {
            y += LINE;
            write(graphics, font(Font.PLAIN, SMALL), Ink.TEXT, line, MARGIN, y - 4);
        }
        for (int i = 0; i < key.size(); i++) {
            var row = Math.floor(keyPlaces.get(i) / WIDTH);
            paintKey(graphics, key.get(i), keyPlaces.get(i) - row * WIDTH, keyTop + row * LINE + LINE / 2.0);
        }
        if (!labels.y().isEmpty()) {
            write(graphics, font(Font.PLAIN, SMALL), Ink.MUTED, labels.y(), MARGIN, plotTop - 14);
        }
        var right = WIDTH - MARGIN - width(labels.x(), SMALL);
        write(graphics, font(Font.PLAIN, SMALL), Ink.MUTED, labels.x(), Math.min(right, axisTitle()), height() - 10);
    }

    private double axisTitle() {
        return (WIDTH - width(labels.x(), SMALL)) / 2;
    }

    private static void paintKey(Graphics2D graphics, KeyEntry entry, double x, double y) {
        var shape = AffineTransform.getTranslateInstance(x + 6, y).createTransformedShape(entry.shape());
        graphics.setPaint(entry.ink().color());
        graphics.setStroke(new BasicStroke(1.5f));
        if (entry.filled()) {
            graphics.fill(shape);
        } else {
            graphics.draw(shape);
        }
        write(graphics, font(Font.PLAIN, SMALL), Ink.TEXT, entry.words(), x + 16, y + 4.5);
    }

    static void write(Graphics2D graphics, Font font, Ink ink, String text, double x, double y) {
        graphics.setFont(font);
        graphics.setPaint(ink.color());
        graphics.drawString(text, (float) x, (float) y);
    }

    static Font font(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }

    /** Words in lines that fit. */
    private static List<String> wrapped(String text, double size) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (var word : text.split(" ", -1)) {
            if (!line.isEmpty() && width(line + " " + word, size) > WIDTH - 2 * MARGIN) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    /** About the width of a text in a wide font: the same on all machines, unlike what their fonts say. */
    static double width(String text, double size) {
        return text.chars().mapToDouble(Sheet::share).sum() * size;
    }

    private static double share(int letter) {
        if ("iljtfr.,:;'|!()[] -".indexOf(letter) >= 0) {
            return 0.38;
        }
        return "mwMWQ@%".indexOf(letter) >= 0 ? 0.95 : Character.isUpperCase(letter) ? 0.7 : 0.62;
    }
}
