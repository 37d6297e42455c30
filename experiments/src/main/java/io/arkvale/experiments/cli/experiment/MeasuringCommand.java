package io.arkvale.experiments.cli.experiment;

import io.arkvale.experiments.cli.option.NotebookOptions;
import io.arkvale.experiments.cli.option.OutputOptions;
import io.arkvale.experiments.cli.terminal.Measuring;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.run.OpenLab;
import picocli.CommandLine.Mixin;

/** A command that measures on a model, and keeps what it measured. */
public abstract class MeasuringCommand implements Runnable, Measuring {
    private final Terminal terminal;

    @Mixin
    private NotebookOptions notebooks = new NotebookOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    protected MeasuringCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    protected final Terminal terminal() {
        return terminal;
    }

    @Override
    public final void run() {
        check();
        output.open();
        try (var notebook = notebooks.open(terminal, output.directory());
                var lab = new OpenLab()) {
            output.write(terminal, measure(notebook, lab));
        }
    }
}
