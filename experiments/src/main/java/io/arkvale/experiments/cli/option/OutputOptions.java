package io.arkvale.experiments.cli.option;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.terminal.Measuring.Measured;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.report.Formats;
import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.report.Origin;
import io.arkvale.experiments.report.OutputDirectory;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.report.TextTable;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How and where a command gives its results. */
public final class OutputOptions {
    enum Format {
        table,
        json,
        csv
    }

    @Option(
            names = "--format",
            paramLabel = "KIND",
            defaultValue = "table",
            description = "Results on standard output: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private Format format = Format.table;

    @Option(names = "--out", paramLabel = "DIR", description = "Also write the results as CSV and JSON files there.")
    private @Nullable Path out;

    private @Nullable OutputDirectory directory;

    /** Checks the output directory; to be called before the work starts. */
    public void open() {
        directory = out == null ? null : OutputDirectory.open(out);
    }

    /** The directory of files, if one is given. */
    @Nullable
    public Path directory() {
        return out;
    }

    /** Prints the results, the table as given, and writes the files. */
    public void write(Terminal terminal, String name, Report report, Origin origin, String table) {
        write(terminal, new Measured(name, report.withOrigin(origin), origin, table));
    }

    /** Prints what was measured, and writes the files. */
    public void write(Terminal terminal, Measured measured) {
        switch (format) {
            case table -> {
                terminal.err().println(measured.origin().sentence());
                terminal.out().print(measured.table());
            }
            case json -> terminal.out().print(Formats.json(measured.report()));
            case csv -> terminal.out().print(Formats.csv(measured.report()));
        }
        files(terminal, measured.name(), measured.report());
    }

    /** Prints a listing that has no origin, and writes the files. */
    public void print(Terminal terminal, String name, Report report) {
        print(terminal, name, report, TextTable.of(report).toString());
    }

    /** Prints rows that have no origin, and writes the files, also one of Parquet, for which all columns need types. */
    public <R> void export(Terminal terminal, String name, List<Metric<R>> columns, List<R> rows) {
        print(terminal, name, Report.of(columns, rows));
        if (directory != null) {
            directory.writeParquet(name, columns, rows);
            terminal.err().println("wrote " + name + ".parquet to " + out);
        }
    }

    /**
     * Writes rows that are never in memory all at once to a file of Parquet.
     *
     * @param rows gives each to what it is called with
     * @throws UserException if there is no directory for it
     */
    public <R> void write(Terminal terminal, String name, List<Metric<R>> columns, Consumer<Consumer<R>> rows) {
        if (directory == null) {
            throw new UserException(name + ".parquet needs a directory; name one with --out");
        }
        directory.writeParquet(name, columns, rows);
        terminal.err().println("wrote " + name + ".parquet to " + out);
    }

    /** Prints a listing with a text of its own in place of the table, and writes the files. */
    public void print(Terminal terminal, String name, Report report, String table) {
        terminal.out()
                .print(
                        switch (format) {
                            case table -> table;
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
