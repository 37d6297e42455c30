package io.arkvale.experiments.figure;

import io.arkvale.experiments.report.Rows;

/** A figure or table of the paper. */
public interface Figure {
    /** Its name on the command line and in file names; experiments whose names begin with it belong to it. */
    String name();

    /** Its heading. */
    String title();

    /** What the paper shows, in a sentence or two. */
    String paper();

    /** Draws it from its experiments' results and compares them with the paper's. */
    Drawn draw(Rows results);
}
