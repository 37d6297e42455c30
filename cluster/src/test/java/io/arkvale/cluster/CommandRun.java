package io.arkvale.cluster;

import io.arkvale.experiments.cli.Main;
import io.arkvale.experiments.cli.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What a command line said. */
record CommandRun(int exit, String said) {
    static CommandRun of(String... words) {
        var said = new ByteArrayOutputStream();
        var stream = new PrintStream(said, true, StandardCharsets.UTF_8);
        var exit = Main.run(new Terminal(stream, stream, false), words);
        return new CommandRun(exit, said.toString(StandardCharsets.UTF_8));
    }
}
