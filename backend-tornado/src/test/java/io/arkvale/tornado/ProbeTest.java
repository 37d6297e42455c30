package io.arkvale.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.arkvale.api.Availability;
import io.arkvale.api.BackendUnavailableException;
import io.arkvale.api.Backends;
import io.arkvale.api.InvalidArgumentException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeTest {
    @Test
    void theProviderIsFoundAndAnswersAlikeEachTime() {
        var provider = Backends.provider("tornado");
        assertThat(provider).isInstanceOf(TornadoProvider.class);
        assertThat(provider.probe()).isEqualTo(provider.probe());
    }

    @Test
    void withoutTornadoVmTheReasonAndTheCureAreTold() {
        var availability = new TornadoProvider().probe();
        assumeTrue(availability instanceof Availability.Unavailable, "TornadoVM runs here");
        var unavailable = (Availability.Unavailable) availability;
        assertThat(unavailable.reason()).contains("TornadoVM");
        assertThat(unavailable.cure()).contains("TORNADOVM_HOME").contains("-Dtornado.recover.bailout=False");
        assertThatThrownBy(() -> Backends.create("tornado", Map.of()))
                .isInstanceOf(BackendUnavailableException.class)
                .hasMessageContaining(unavailable.reason())
                .hasMessageContaining(unavailable.cure());
    }

    @Test
    void theFirstCauseOfAFailureIsTold() {
        var library = new UnsatisfiedLinkError("libOpenCL.so.1: cannot open shared object file");
        var error = new ExceptionInInitializerError(new IllegalStateException("no backend", library));
        var unavailable = Probe.failed(error);
        assertThat(unavailable.reason()).contains("libOpenCL.so.1");
        assertThat(unavailable.cure()).contains("driver");
    }

    @Test
    void aFailureIsToldWithoutWhatOnlyALogNeeds() {
        var error = new IllegalStateException(
                "\u001B[31m[WARNING] No OpenCL platforms found. Deoptimizing to sequential execution.\u001B[0m");
        assertThat(Probe.failed(new IllegalStateException(error)).reason())
                .isEqualTo("TornadoVM finds no driver or device: No OpenCL platforms found");
        assertThat(ErrorText.of(new ArithmeticException())).isEqualTo("ArithmeticException");
        assertThat(ErrorText.of(new NoClassDefFoundError("jdk/vm/ci/Code")))
                .isEqualTo("class jdk/vm/ci/Code cannot be loaded");
    }

    @Test
    void theFirstThatIsMissingIsTold() {
        requireReason(new SdkFound(false, true, true, "5.2.0-jdk25", true, true), "no kernels");
        requireReason(new SdkFound(true, false, false, null, false, false), "is not on the module path");
        requireReason(new SdkFound(true, false, true, null, false, false), "jars are on the module path, but");
        requireReason(new SdkFound(true, true, true, "5.1.0-jdk25", true, true), "version 5.1.0-jdk25");
        requireReason(new SdkFound(true, true, true, "5.20.0-jdk25", true, true), "version 5.20.0-jdk25");
        requireReason(new SdkFound(true, true, true, "5.2.0-jdk21", true, true), "version 5.2.0-jdk21");
        requireReason(new SdkFound(true, true, true, null, true, true), "version unknown");
        requireReason(new SdkFound(true, true, true, "5.2.0-jdk25", false, false), "without TornadoVM's flags");
        requireReason(new SdkFound(true, true, true, "5.2.1-jdk25", true, false), "-Dtornado.recover.bailout=False");
        assertThat(new SdkFound(true, true, true, "5.2.0-jdk25", true, true).missing())
                .isNull();
    }

    private static void requireReason(SdkFound found, String reason) {
        var missing = Objects.requireNonNull(found.missing(), "nothing is missing");
        assertThat(missing.reason()).contains(reason);
        assertThat(missing.cure()).contains("TornadoVM 5.2").contains("tornado-argfile.template");
    }

    @Test
    void jarsOnTheModulePathAreSeenBeforeTheyAreLoaded(@TempDir Path folder) throws IOException {
        var jar = folder.resolve("tornado-api-5.2.0-jdk25.jar");
        try (var output = new JarOutputStream(Files.newOutputStream(jar))) {
            output.putNextEntry(new ZipEntry("uk/ac/manchester/tornado/api/TaskGraph.class"));
            output.closeEntry();
        }
        assertThat(SdkFound.isOnModulePath("lib" + File.pathSeparator + folder)).isTrue();
        assertThat(SdkFound.isOnModulePath("lib")).isFalse();
        assertThat(SdkFound.isOnModulePath("")).isFalse();
    }

    @Test
    void theVersionAskedForIsTheOneCompiledAgainst() throws IOException {
        assertThat(Files.readString(Path.of("pom.xml")))
                .containsPattern(
                        "<tornado.version>" + Pattern.quote(SdkFound.VERSION) + "\\.\\d+-" + SdkFound.JDK + "<");
    }

    @Test
    void optionsOutOfRangeNameWhatIsAllowed() {
        var provider = new TornadoProvider();
        assertThatThrownBy(() -> provider.create(Map.of("device", "-1")))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("0 to 63");
        assertThatThrownBy(() -> provider.create(Map.of("checks", "sometimes")))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("deferred, immediate");
        assertThatThrownBy(() -> provider.create(Map.of("replay", "on", "timing", "parts")))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("without timing=parts");
        assertThatThrownBy(() -> TornadoOptions.parse(Map.of("replay", "on")).replays("PTX"))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("for CUDA");
        assertThatThrownBy(() -> provider.create(Map.of("replay", "often")))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("auto");
        assertThatThrownBy(() -> provider.create(Map.of("speed", "most")))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("checks");
    }

    @Test
    void executionsAreReplayedWhereThatCanBe() {
        assertThat(TornadoOptions.parse(Map.of()).replays("CUDA")).isTrue();
        assertThat(TornadoOptions.parse(Map.of("replay", "on")).replays("CUDA")).isTrue();
        assertThat(TornadoOptions.parse(Map.of("replay", "off")).replays("CUDA"))
                .isFalse();
        assertThat(TornadoOptions.parse(Map.of("timing", "parts")).replays("CUDA"))
                .isFalse();
        assertThat(TornadoOptions.parse(Map.of()).replays("PTX")).isFalse();
        assertThat(TornadoOptions.parse(Map.of()).replays("OPENCL")).isFalse();
    }
}
