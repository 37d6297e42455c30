package io.arkvale.experiments.cli.task;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.input.Nearest;
import io.arkvale.experiments.task.Task;
import java.util.List;
import java.util.ServiceLoader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** A task that a jar provides. */
@Command(name = "task", description = "Run a task that a jar in the folder plugins provides.")
public final class TaskCommand extends ScoredCommand {
    @Parameters(paramLabel = "NAME", description = "The task.")
    private String name = "";

    public TaskCommand(Terminal terminal) {
        super(terminal, 10);
    }

    @Override
    public Task task() {
        var tasks = ServiceLoader.load(Task.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        return tasks.stream()
                .filter(task -> task.name().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown(tasks.stream().map(Task::name).toList()));
    }

    private UserException unknown(List<String> names) {
        return new UserException(
                names.isEmpty()
                        ? "no jar provides a task, so there is no '" + name + "'; put one into the folder plugins"
                        : "unknown task '" + name + "'; tasks of jars: " + names + Nearest.question(name, names));
    }
}
