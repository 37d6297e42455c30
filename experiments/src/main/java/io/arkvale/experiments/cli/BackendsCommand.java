package io.arkvale.experiments.cli;

import io.arkvale.api.Availability;
import io.arkvale.api.BackendProvider;
import io.arkvale.api.Backends;
import io.arkvale.experiments.cli.option.OutputOptions;
import io.arkvale.experiments.cli.terminal.Listing;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.report.Report;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the installed backends: whether each can run here, or why not and what to do about it. */
@Command(
        name = "backends",
        description = "List the backends: the device of each, or why it cannot run here and what" + " to do.")
public final class BackendsCommand implements Runnable {
    private static final List<Metric<Line>> COLUMNS = List.of(
            Metric.of("id", Line::id),
            Metric.of("available", Line::available),
            Metric.of("device", Line::device),
            Metric.of("reason", Line::reason),
            Metric.of("cure", Line::cure));

    /** Characters of the column of ids, at least. */
    private static final int NAMES = 10;

    private final Terminal terminal;

    @Mixin
    private OutputOptions output = new OutputOptions();

    public BackendsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        output.open();
        var lines = Backends.providers().stream().map(Line::of).toList();
        output.print(terminal, "backends", Report.of(COLUMNS, lines), listed(lines));
    }

    /** Reasons and cures are sentences, too long for columns of their own. */
    private static String listed(List<Line> lines) {
        var listing = new Listing(Math.max(
                NAMES, lines.stream().mapToInt(line -> line.id().length()).max().orElse(0) + 2));
        for (var line : lines) {
            if (line.available()) {
                listing.add(line.id(), "available: " + line.device());
            } else {
                listing.add(line.id(), "cannot run here: " + line.reason());
                listing.add("", "what to do: " + line.cure());
            }
        }
        return listing.toString();
    }

    private record Line(
            String id,
            boolean available,
            @Nullable String device,
            @Nullable String reason,
            @Nullable String cure) {
        static Line of(BackendProvider provider) {
            return switch (provider.probe()) {
                case Availability.Available yes -> new Line(provider.id(), true, yes.device(), null, null);
                case Availability.Unavailable no -> new Line(provider.id(), false, null, no.reason(), no.cure());
            };
        }
    }
}
