package io.arkvale.experiments.simulate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads CSV of RFC 4180 with a header line, as results are written. */
final class Csv {
    private Csv() {}

    /** The lines after the header, as maps from column to field; what a line lacks is absent. */
    static List<Map<String, String>> rows(String text) {
        var lines = lines(text);
        var rows = new ArrayList<Map<String, String>>();
        for (var line : lines.subList(Math.min(1, lines.size()), lines.size())) {
            var row = new LinkedHashMap<String, String>();
            for (int i = 0; i < Math.min(line.size(), lines.getFirst().size()); i++) {
                row.put(lines.getFirst().get(i), line.get(i));
            }
            rows.add(row);
        }
        return rows;
    }

    private static List<List<String>> lines(String text) {
        var lines = new ArrayList<List<String>>();
        List<String> line = new ArrayList<>();
        var field = new StringBuilder();
        var quoted = false;
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c == '"') {
                // A doubled quote within quotes closes and opens again, and stands for one.
                if (!quoted && i > 0 && text.charAt(i - 1) == '"') {
                    field.append(c);
                }
                quoted = !quoted;
            } else if (!quoted && (c == ',' || c == '\n')) {
                line.add(field.toString());
                field.setLength(0);
                if (c == '\n') {
                    lines.add(line);
                    line = new ArrayList<>();
                }
            } else if (quoted || c != '\r') {
                field.append(c);
            }
        }
        if (!field.isEmpty() || !line.isEmpty()) {
            line.add(field.toString());
            lines.add(line);
        }
        return lines;
    }
}
