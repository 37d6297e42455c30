package io.arkvale.experiments.cli;

import io.arkvale.experiments.cli.terminal.Terminal;
import java.util.function.Function;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints what makes a shell complete the command line. */
@Command(
        name = "completion",
        description = {
            "Print a script that completes commands, options and their values in a shell.",
            "For the shell you are in: source <(arkvale completion bash), or zsh in place of bash.",
            "For every shell, put this line into ~/.bashrc or ~/.zshrc."
        })
final class CompletionCommand implements Runnable {
    enum Shell {
        bash,
        zsh
    }

    private final Terminal terminal;
    private final Function<Terminal, CommandLine> commands;

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
    private Shell shell = Shell.bash;

    CompletionCommand(Terminal terminal, Function<Terminal, CommandLine> commands) {
        this.terminal = terminal;
        this.commands = commands;
    }

    @Override
    public void run() {
        if (shell == Shell.zsh) { // the script builds on it and takes it for granted
            terminal.out().println("autoload -U +X compinit && compinit");
        }
        terminal.out().print(AutoComplete.bash("arkvale", commands.apply(terminal)));
    }
}
