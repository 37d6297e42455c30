package io.arkvale.experiments.cli.option;

import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.result.Notebook;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether what was measured before counts. */
public final class NotebookOptions {
    @Option(
            names = "--resume",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "With --out: measure only what its observations lack (the default), or all of it anew.")
    private boolean resume = true;

    /** The notebook of a directory, or one that is forgotten if there is none. */
    public Notebook open(Terminal terminal, @Nullable Path directory) {
        if (directory == null) {
            return Notebook.inMemory();
        }
        if (!resume) {
            Notebook.setAside(directory, terminal::note);
        }
        return Notebook.open(directory, terminal::note);
    }
}
