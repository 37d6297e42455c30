package io.arkvale.experiments.figure;

import io.arkvale.experiments.report.Rows;
import java.util.function.Function;

/**
 * A figure or table of the paper.
 *
 * @param name its name on the command line and in file names; experiments whose names begin with it belong to it
 * @param title its heading
 * @param paper what the paper shows, in a sentence or two
 * @param drawing draws it from its experiments' results and compares them with the paper's
 */
public record Figure(String name, String title, String paper, Function<Rows, Drawn> drawing) {
    /** Draws it from its experiments' results. */
    public Drawn draw(Rows results) {
        return drawing.apply(results);
    }
}
