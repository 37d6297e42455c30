package io.arkvale.experiments.figure;

import java.util.List;

/**
 * A figure as drawn.
 *
 * @param pictures at least one
 * @param comparisons the paper's values beside ours
 * @param notes sentences about what was measured and why it differs
 */
public record Drawn(List<Picture> pictures, List<Comparison> comparisons, List<String> notes) {
    /**
     * A chart.
     *
     * @param name its file name without the ending
     * @param caption what it shows
     * @param svg a document of its own, without XML declaration
     */
    public record Picture(String name, String caption, String svg) {}
}
