package io.arkvale.experiments.cli.terminal;

import io.arkvale.experiments.report.Origin;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.result.Notebook;
import io.arkvale.experiments.run.OpenLab;
import io.arkvale.experiments.run.Pieces;
import java.util.Optional;

/** A command that measures: run by itself, or named by a file of experiments. */
public interface Measuring {
    /**
     * Checks the options, before anything is opened or written.
     *
     * @throws io.arkvale.experiments.UserException if one is wrong
     */
    void check();

    /**
     * The experiment in pieces that can run apart, or nothing if it keeps a table and has no observations.
     *
     * @param lab keeps the lab that the pieces need
     */
    default Optional<Pieces> pieces(OpenLab lab) {
        return Optional.empty();
    }

    /**
     * Measures what the notebook does not hold, and gives all of it.
     *
     * @param lab keeps the lab for the next command
     */
    Measured measure(Notebook notebook, OpenLab lab);

    /**
     * What was measured.
     *
     * @param name of its files
     * @param report rows for programs, their origin included
     * @param origin for people; where nothing else is said, that of all rows
     * @param table for people
     */
    record Measured(String name, Report report, Origin origin, String table) {}
}
