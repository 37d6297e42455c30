package io.arkvale.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.api.BackendUnavailableException;
import io.arkvale.api.Backends;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** On the class path the JVM has no Vector API unless it is asked for. */
class VectorApiMissingTest {
    /** Runs in a JVM of its own. */
    public static final class Engine {
        private Engine() {}

        /** Prints the answer of every provider, and what choosing the backend raises. */
        public static void main(String[] arguments) {
            Backends.providers().forEach(provider -> System.out.println(provider.probe()));
            try {
                Backends.create("cpu", Map.of("kernels", "scalar")).close();
            } catch (BackendUnavailableException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void theProviderSaysWhatIsMissing() throws Exception {
        var everything = Stream.of("java.class.path", "jdk.module.path")
                .map(System::getProperty)
                .filter(path -> path != null && !path.isEmpty())
                .collect(Collectors.joining(File.pathSeparator));
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        testClasses() + File.pathSeparator + everything,
                        Engine.class.getName())
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output)
                .contains("Unavailable[reason=the JVM runs without the Vector API")
                .contains("backend 'cpu' is unavailable: the JVM runs without the Vector API; "
                        + "start java with --add-modules jdk.incubator.vector");
    }

    private static Path testClasses() throws Exception {
        return Path.of(VectorApiMissingTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }
}
