package io.arkvale.experiments.cli;

import io.arkvale.experiments.cli.terminal.Terminal;
import java.io.File;
import java.io.IOException;
import java.lang.module.ResolvedModule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The command line in a process of its own, which can be killed or be given streams that fail. It runs several command
 * lines, {@link #THEN} between them, as long as they end well.
 */
final class ChildProcess {
    /** Ends a command line and begins the next one. */
    static final String THEN = "--then";

    private ChildProcess() {}

    /** The process itself. */
    public static void main(String[] arguments) {
        var terminal = Terminal.system();
        var from = 0;
        var exit = 0;
        for (int i = 0; i <= arguments.length && exit == 0; i++) {
            if (i == arguments.length || arguments[i].equals(THEN)) {
                exit = Main.run(terminal, Arrays.copyOfRange(arguments, from, i));
                from = i + 1;
            }
        }
        System.exit(exit);
    }

    /** Everything that this process may load classes from. */
    static String classPath() {
        var modules = ModuleLayer.boot().configuration().modules().stream()
                .map(ResolvedModule::reference)
                .flatMap(module -> module.location().stream())
                .filter(location -> Objects.equals(location.getScheme(), "file"))
                .map(location -> Path.of(location).toString());
        var path = System.getProperty("java.class.path").split(File.pathSeparator, -1);
        return Stream.concat(modules, Stream.of(path))
                .filter(entry -> !entry.isEmpty())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** A process that will run the command line, with more places of classes. */
    static ProcessBuilder of(List<Path> more, String... arguments) throws IOException {
        var path = Stream.concat(more.stream().map(Path::toString), Stream.of(classPath()))
                .collect(Collectors.joining(File.pathSeparator));
        var words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "--add-modules",
                "jdk.incubator.vector",
                "-Darkvale.home=" + Path.of("..").toRealPath(),
                "-cp",
                path,
                ChildProcess.class.getName()));
        words.addAll(List.of(arguments));
        return new ProcessBuilder(words);
    }
}
