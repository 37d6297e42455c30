package io.arkvale.experiments.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A table for people: columns aligned by spaces, numbers to the right, no trailing blanks. */
public final class TextTable {
    private static final String GAP = "  ";

    private final List<List<String>> lines = new ArrayList<>();
    private final List<Boolean> numeric = new ArrayList<>();
    private final int[] widths;

    /** Starts a table with its heading. */
    public TextTable(List<String> heading) {
        lines.add(List.copyOf(heading));
        heading.forEach(name -> numeric.add(true));
        widths = heading.stream().mapToInt(String::length).toArray();
    }

    /** The whole report as one table. */
    public static TextTable of(Report report) {
        var table = new TextTable(report.columns());
        report.rows().forEach(table::row);
        return table;
    }

    /** Adds a row with one cell per column. */
    public TextTable row(List<? extends @Nullable Object> cells) {
        var line = new ArrayList<String>();
        for (int i = 0; i < cells.size(); i++) {
            var text = Formats.text(cells.get(i));
            line.add(text);
            widths[i] = Math.max(widths[i], text.length());
            if (!text.isEmpty() && !isNumber(text)) {
                numeric.set(i, false);
            }
        }
        lines.add(line);
        return this;
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        for (var line : lines) {
            var row = new StringBuilder();
            for (int i = 0; i < line.size(); i++) {
                var blanks = " ".repeat(widths[i] - line.get(i).length());
                row.append(numeric.get(i) ? blanks + line.get(i) : line.get(i) + blanks)
                        .append(GAP);
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private static boolean isNumber(String text) {
        return text.chars().allMatch(c -> Character.isDigit(c) || "+-.,% ".indexOf(c) >= 0);
    }
}
