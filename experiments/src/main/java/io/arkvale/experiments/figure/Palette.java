package io.arkvale.experiments.figure;

import java.awt.Color;
import java.util.List;
import java.util.Map;

/** Colours that people who see colours differently can tell apart (Okabe and Ito, 2008); one for a name in all charts. */
final class Palette {
    private static final List<Color> COLORS = List.of(
            new Color(0xd55e00),
            new Color(0x0072b2),
            new Color(0x009e73),
            new Color(0xcc79a7),
            new Color(0xe69f00),
            new Color(0x56b4e9),
            new Color(0x555555),
            new Color(0xb8ac00));

    private static final Map<String, Color> NAMED = Map.of(
            "arkvale", COLORS.get(0),
            "streaming-llm", COLORS.get(1),
            "h2o", COLORS.get(2),
            "tova", COLORS.get(3),
            "full", COLORS.get(6),
            "other", new Color(0xbbbbbb),
            "cuboid-mean", COLORS.get(0),
            "centroid", COLORS.get(6));

    private Palette() {}

    /** The colour of a name among those of a chart. */
    static Color of(String name, List<String> names) {
        var named = NAMED.get(name);
        if (named != null) {
            return named;
        }
        var taken = names.stream().map(NAMED::get).toList();
        var free = COLORS.stream().filter(color -> !taken.contains(color)).toList();
        var others = names.stream().filter(other -> !NAMED.containsKey(other)).toList();
        return free.get(others.indexOf(name) % free.size());
    }
}
