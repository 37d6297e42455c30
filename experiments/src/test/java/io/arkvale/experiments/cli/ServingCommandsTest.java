package io.arkvale.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code serve} and {@code load} refuse. The server and its client are tested in their module. */
class ServingCommandsTest {
    private static final String MODEL = "../models/needle-5m";

    @Test
    void aPortThatIsTakenIsNamedAtOnce(@TempDir Path model) throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var port = String.valueOf(taken.getLocalPort());
            // A model without weights: the port is asked for before they are read.
            Files.copy(Path.of(MODEL, "config.json"), model.resolve("config.json"));
            var run = Run.of("serve", "--model", model.toString(), "--backend", "cpu", "--port", port);
            assertThat(run.exit()).isEqualTo(2);
            assertThat(run.err()).contains("cannot listen at 127.0.0.1:" + port);
        }
    }

    @Test
    void limitsThatContradictEachOtherAreRefused() {
        var run = Run.of("serve", "--model", MODEL, "--step-tokens", "8", "--most-running", "8");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("requests at a time are 8; allowed: 1 to 7");
        assertThat(Run.of("serve", "--model", MODEL, "--disk-slots", "8", "--disk", "nowhere")
                        .err())
                .contains("--disk is nowhere; allowed: a folder that exists");
        assertThat(Run.of("serve", "--model", MODEL, "--backend", "cpu", "--host", "no host")
                        .err())
                .contains("cannot listen at no host:8080: there is no host of this name");
        assertThat(Run.of("serve", "--full-until-pressure", "--budget", "0").err())
                .contains("--budget must be above 0");
        assertThat(Run.of("serve", "--budget", "1000").err())
                .contains("--budget is 1000; allowed: multiples of pageSize, which is 32");
    }

    @Test
    void aServerThatIsNotThereIsNamed() throws IOException {
        int free;
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = taken.getLocalPort();
        }
        var run = Run.of("load", "--url", "http://127.0.0.1:" + free);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("no answer from http://127.0.0.1:" + free);
        assertThat(Run.of("load", "--url", "nowhere").err()).contains("allowed: http://HOST:PORT");
        assertThat(Run.of("load", "--rate", "0", "--url", "http://127.0.0.1:" + free)
                        .err())
                .contains("the rate is 0.0; allowed: above 0");
    }
}
