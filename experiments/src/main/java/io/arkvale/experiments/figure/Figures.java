package io.arkvale.experiments.figure;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.input.Nearest;
import io.arkvale.experiments.sweep.SweepFile;
import io.arkvale.experiments.sweep.SweepFile.Experiment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** The figures there are, and the experiments that they are drawn from. */
public final class Figures {
    /** The name that stands for every figure. */
    public static final String ALL = "all";

    /** The figure that takes steps of whole models that were timed, as rows of the experiment {@link #MEASURED}. */
    public static final Figure OF_STEPS = Figure9.FIGURE;

    public static final String MEASURED = Figure9.MEASURED;

    private static final String FILE = "paper.json";
    private static final List<Figure> FIGURES = List.of(
            Table1.FIGURE,
            Figure3.FIGURE,
            Figure4a.FIGURE,
            Figure4b.FIGURE,
            Figure7.FIGURE,
            Figure8.FIGURE,
            Figure9.FIGURE,
            PageSize.FIGURE);

    private Figures() {}

    /** Names of all figures, in the paper's order. */
    public static List<String> names() {
        return FIGURES.stream().map(Figure::name).toList();
    }

    /**
     * The figures of the given names, in the paper's order, each once.
     *
     * @throws UserException for an unknown name; lists the names
     */
    public static List<Figure> named(List<String> names) {
        for (var name : names) {
            if (!name.equals(ALL) && !names().contains(name)) {
                throw new UserException("unknown figure '" + name + "'; figures: " + names() + " or " + ALL
                        + Nearest.question(name, names()));
            }
        }
        return FIGURES.stream()
                .filter(figure -> names.contains(ALL) || names.contains(figure.name()))
                .toList();
    }

    /** The experiments of a figure: those of its name, or whose names begin with it and a dash. */
    public static List<Experiment> experiments(Figure figure, boolean quick) {
        return SweepFile.parse(FILE, shipped(), quick, Map.of()).stream()
                .filter(experiment -> (experiment.name() + "-").startsWith(figure.name() + "-"))
                .toList();
    }

    private static byte[] shipped() {
        try (var stream = Figures.class.getResourceAsStream(FILE)) {
            if (stream == null) {
                throw new IllegalStateException("resource " + FILE + " is missing from the jar");
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
