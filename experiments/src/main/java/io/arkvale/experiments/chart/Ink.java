package io.arkvale.experiments.chart;

import java.awt.Color;

/**
 * A colour on light and on dark ground.
 *
 * @param light six hexadecimal digits after a hash, as SVG has it
 * @param dark the same for dark ground
 */
public record Ink(String light, String dark) {
    /** Of letters and axes. */
    public static final Ink TEXT = new Ink("#1f2328", "#e6edf3");
    /** Of what stands back: the oracle, words of axes. */
    public static final Ink MUTED = new Ink("#6e7781", "#8b949e");
    /** Of lines that lead the eye. */
    public static final Ink GRID = new Ink("#d8dee4", "#30363d");
    /** The ground itself. */
    public static final Ink GROUND = new Ink("#ffffff", "#0d1117");

    /** As Java draws it: on light ground. */
    public Color color() {
        return Color.decode(light);
    }
}
