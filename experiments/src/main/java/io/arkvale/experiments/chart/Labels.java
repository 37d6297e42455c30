package io.arkvale.experiments.chart;

/**
 * The words around a chart's data.
 *
 * @param name file name without the ending
 * @param title what is shown
 * @param finding what is to be seen in it: a whole sentence that follows from the values
 * @param x title of the horizontal axis, with its unit
 * @param y title of the vertical axis, with its unit
 */
public record Labels(String name, String title, String finding, String x, String y) {
    /** Refuses a chart that states nothing. */
    public Labels {
        if (name.isBlank() || title.isBlank() || !finding.endsWith(".")) {
            throw new IllegalArgumentException("chart '" + name + "' needs a title and a finding, which is a sentence");
        }
    }
}
