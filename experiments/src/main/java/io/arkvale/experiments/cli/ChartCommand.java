package io.arkvale.experiments.cli;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.chart.Chart;
import io.arkvale.experiments.cli.option.Inputs;
import io.arkvale.experiments.cli.option.ProtocolOption;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.drawing.ChartDrawing;
import io.arkvale.experiments.drawing.Theme;
import io.arkvale.experiments.overview.FrontierPicture;
import io.arkvale.experiments.overview.Leaderboard;
import io.arkvale.experiments.overview.RecallPicture;
import io.arkvale.experiments.overview.ScorePicture;
import io.arkvale.experiments.report.CsvRows;
import io.arkvale.experiments.report.OutputDirectory;
import io.arkvale.experiments.report.Rows;
import io.arkvale.experiments.report.TextTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws charts of a table of results that is there already. */
@Command(
        name = "chart",
        description = {
            "Draw charts of a result table: NAME-light.svg and NAME-dark.svg, for light and for dark pages.",
            "'scores' takes the table of any one task in its --out, such as needles.csv, and 'recall' that of 'passkey'; 'leaderboard' takes one of 'sweep', and ranks it;",
            "'frontier' takes one of 'attention --measure frontier'."
        })
final class ChartCommand implements Runnable {
    enum Kind {
        scores,
        recall,
        leaderboard,
        frontier
    }

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "CHART", description = "${COMPLETION-CANDIDATES}.")
    private Kind kind = Kind.recall;

    @Parameters(index = "1", paramLabel = "FILE", description = "Table of results, CSV with a header line.")
    private Path file = Path.of("");

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Directory of the charts.")
    private Path out = Path.of("");

    @Option(
            names = "--budget",
            defaultValue = "512",
            paramLabel = "N",
            description = "Budget of the leaderboard and the frontier, in tokens (default ${DEFAULT-VALUE}).")
    private int budget;

    @Mixin
    private ProtocolOption protocol = new ProtocolOption();

    ChartCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        ChartDrawing.requireFonts();
        var rows = rows();
        var directory = OutputDirectory.open(out);
        switch (kind) {
            case scores -> write(directory, List.of(understood(() -> ScorePicture.of(rows))));
            case recall -> write(directory, List.of(understood(() -> RecallPicture.of(rows))));
            case frontier -> write(directory, understood(() -> FrontierPicture.of(rows, Integer.toString(budget))));
            case leaderboard -> {
                var board = understood(() -> new Leaderboard(rows, Integer.toString(budget), protocol.value()));
                write(directory, board.charts());
                directory.write("leaderboard", board.table());
                terminal.out().print(TextTable.of(board.table()));
            }
        }
    }

    /** What is made of the table, or an error that names the file. */
    private <T> T understood(Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException | NoSuchElementException e) { // a column is missing or no number
            var reason = e.getMessage() == null ? "no row has the columns of this chart" : e.getMessage();
            throw new UserException(
                    "table " + file + " is not one that '" + kind + "' can be drawn from: " + reason, e);
        }
    }

    private Rows rows() {
        try {
            return new Rows(CsvRows.parse(Inputs.read("table", file)).stream()
                    .map(row -> new Rows.Row(new LinkedHashMap<>(row)))
                    .toList());
        } catch (IOException e) {
            throw new UserException("table " + file + " is not CSV with a header line: " + e.getMessage(), e);
        }
    }

    private void write(OutputDirectory directory, List<Chart> charts) {
        for (var chart : charts) {
            for (var theme : List.of(Theme.LIGHT, Theme.DARK)) {
                var name = chart.labels().name() + "-" + theme.name().toLowerCase(Locale.ROOT) + ".svg";
                directory.write(name, ChartDrawing.svg(chart, theme));
                terminal.err().println("wrote " + out.resolve(name));
            }
        }
    }
}
