package io.arkvale.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a process of its own, since this one's output belongs to the tests' runner. */
class NativeOutputTest {
    @TempDir
    Path folder;

    @Test
    void whatNativeCodePrintsLeavesStandardOutputAlone() throws Exception {
        var errors = folder.resolve("errors");
        var classes = folderOf(NativeOutput.class) + File.pathSeparator + folderOf(NativeOutputTest.class);
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--class-path",
                        classes,
                        Printer.class.getName())
                .redirectError(errors.toFile())
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
        assertThat(output.lines()).containsExactly("before", "after", "result 7");
        assertThat(Files.readString(errors).lines()).contains("[JNI] ERROR", "from Java");
    }

    private static Path folderOf(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    /** Prints natively before, while and after standard output is kept free. */
    static final class Printer {
        private Printer() {}

        static void main() {
            print("before");
            int result = NativeOutput.toStandardError(() -> {
                print("[JNI] ERROR");
                System.out.println("from Java");
                return 7;
            });
            print("after");
            flush();
            System.out.println("result " + result);
        }

        @SuppressWarnings("restricted") // puts of the C library
        private static void print(String text) {
            var linker = Linker.nativeLinker();
            var puts = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("puts"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
            try (var arena = Arena.ofConfined()) {
                int written = (int) puts.invokeExact(arena.allocateFrom(text));
                if (written < 0) {
                    throw new IllegalStateException("puts failed");
                }
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }

        private static void flush() {
            NativeOutput.toStandardError(() -> 0);
        }
    }
}
