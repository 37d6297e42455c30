package io.arkvale.experiments.cli;

import io.arkvale.experiments.report.Formats;
import io.arkvale.experiments.report.Origin;
import io.arkvale.experiments.report.OutputDirectory;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.report.TextTable;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How and where a command gives its results. */
final class OutputOptions {
    enum Format {
        table,
        json,
        csv
    }

    @Option(
            names = "--format",
            defaultValue = "table",
            description = "Results on standard output: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private Format format = Format.table;

    @Option(names = "--out", paramLabel = "DIR", description = "Also write the results as CSV and JSON files there.")
    private @Nullable Path out;

    private @Nullable OutputDirectory directory;

    /** Checks the output directory; to be called before the work starts. */
    void open() {
        directory = out == null ? null : OutputDirectory.open(out);
    }

    /** Prints the results, the table as given, and writes the files. */
    void write(Terminal terminal, String name, Report report, Origin origin, String table) {
        var full = report.withOrigin(origin);
        switch (format) {
            case table -> {
                terminal.err().println(origin.sentence());
                terminal.out().print(table);
            }
            case json -> terminal.out().print(Formats.json(full));
            case csv -> terminal.out().print(Formats.csv(full));
        }
        files(terminal, name, full);
    }

    /** Prints a listing that has no origin, and writes the files. */
    void print(Terminal terminal, String name, Report report) {
        terminal.out()
                .print(
                        switch (format) {
                            case table -> TextTable.of(report).toString();
                            case json -> Formats.json(report);
                            case csv -> Formats.csv(report);
                        });
        files(terminal, name, report);
    }

    private void files(Terminal terminal, String name, Report report) {
        if (directory != null) {
            directory.write(name, report);
            terminal.err().println("wrote " + name + ".csv and " + name + ".json to " + out);
        }
    }
}
