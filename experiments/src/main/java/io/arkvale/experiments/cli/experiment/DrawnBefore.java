package io.arkvale.experiments.cli.experiment;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.option.Inputs;
import io.arkvale.experiments.figure.Figures;
import io.arkvale.experiments.input.StrictJson;
import io.arkvale.experiments.report.Formats;
import io.arkvale.experiments.report.OutputDirectory;
import io.arkvale.experiments.report.Report;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/**
 * The figures that stand in a directory, so that a later call adds to its report.
 *
 * @param entries in the paper's order
 */
public record DrawnBefore(List<Entry> entries) {
    private static final String FILE = "figures.json";

    /**
     * A figure.
     *
     * @param figure its name
     * @param commands that measure it again
     * @param report what it is drawn from
     */
    record Entry(String figure, List<String> commands, Report report) {}

    /** As the file has it. */
    record Stored(String figure, List<String> commands) {}

    /**
     * Those of a directory; the rows of each are in a file of its own.
     *
     * @throws UserException if one of the files is not what was written
     */
    public static DrawnBefore read(Path directory) {
        var file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            return new DrawnBefore(List.of());
        }
        var text = Inputs.readText("list of figures", file);
        try {
            return new DrawnBefore(StrictJson.MAPPER.readValue(text, new TypeReference<List<Stored>>() {}).stream()
                    .map(stored -> new Entry(stored.figure(), stored.commands(), rows(directory, stored.figure())))
                    .toList());
        } catch (JacksonException e) {
            throw new UserException("list of figures " + file + " is not valid: " + StrictJson.reason(e), e);
        }
    }

    private static Report rows(Path directory, String figure) {
        var file = directory.resolve(figure + ".json");
        try {
            return Formats.parse(Inputs.readText("result file", file).getBytes(StandardCharsets.UTF_8));
        } catch (JacksonException e) {
            throw new UserException("result file " + file + " is not valid: " + StrictJson.reason(e), e);
        }
    }

    /** With more figures, which replace those of the same name. */
    public DrawnBefore with(List<Entry> more) {
        var names = more.stream().map(Entry::figure).toList();
        var all = new ArrayList<>(more);
        entries.stream().filter(entry -> !names.contains(entry.figure())).forEach(all::add);
        all.sort(Comparator.comparingInt(entry -> Figures.names().indexOf(entry.figure())));
        return new DrawnBefore(List.copyOf(all));
    }

    /** Writes the list. */
    public DrawnBefore write(OutputDirectory directory) {
        var stored = entries.stream()
                .map(entry -> new Stored(entry.figure(), entry.commands()))
                .toList();
        directory.write(FILE, StrictJson.MAPPER.writeValueAsString(stored) + "\n");
        return this;
    }
}
