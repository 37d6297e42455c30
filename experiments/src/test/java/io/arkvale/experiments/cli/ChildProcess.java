package io.arkvale.experiments.cli;

import java.io.File;
import java.io.IOException;
import java.lang.module.ResolvedModule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The command line in a process of its own, which can be killed or be given streams that fail. */
final class ChildProcess {
    private ChildProcess() {}

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
                Main.class.getName()));
        words.addAll(List.of(arguments));
        return new ProcessBuilder(words);
    }
}
