package io.arkvale.conformance;

import io.arkvale.api.BackendProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.util.List;
import java.util.function.Function;
import javax.tools.ToolProvider;

/** Compiles and runs the code that a message says repeats its case. */
final class PastedCode {
    private PastedCode() {}

    /** Runs the code on a provider that stands in for the one that the code names by its id. */
    static RuleResult run(String message, BackendProvider provider) {
        var code = message.substring(message.indexOf("ConformanceKit.check("), message.lastIndexOf(';'))
                .replaceFirst("ConformanceOptions\\.of\\(\"\\w+\"\\)", "ConformanceOptions.of(provider)");
        var source = """
            import io.arkvale.api.*;
            import io.arkvale.conformance.*;
            import io.arkvale.conformance.cases.*;
            import java.util.*;
            import java.util.function.Function;

            public final class Pasted implements Function<BackendProvider, RuleResult> {
                @Override
                public RuleResult apply(BackendProvider provider) {
                    return %s;
                }
            }
            """.formatted(code);
        try {
            var directory = Files.createTempDirectory("pasted");
            var file = Files.writeString(directory.resolve("Pasted.java"), source);
            var compiler = ToolProvider.getSystemJavaCompiler();
            var files = compiler.getStandardFileManager(null, null, null);
            var options = List.of("-d", directory.toString(), "-cp", System.getProperty("java.class.path"));
            var compiled = compiler.getTask(null, files, null, options, null, files.getJavaFileObjects(file))
                    .call();
            if (!compiled) {
                throw new IllegalStateException("does not compile: " + source);
            }
            try (var loader =
                    new URLClassLoader(new URL[] {directory.toUri().toURL()}, PastedCode.class.getClassLoader())) {
                @SuppressWarnings("unchecked") // The source above says so.
                var pasted = (Function<BackendProvider, RuleResult>)
                        loader.loadClass("Pasted").getDeclaredConstructor().newInstance();
                return pasted.apply(provider);
            } finally {
                for (var left : List.of("Pasted.java", "Pasted.class")) {
                    Files.deleteIfExists(directory.resolve(left));
                }
                Files.delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
