package io.arkvale.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.arkvale.api.Availability;
import io.arkvale.api.BackendUnavailableException;
import io.arkvale.api.Backends;
import io.arkvale.api.InvalidArgumentException;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
        assertThatThrownBy(() -> TornadoOptions.parse(Map.of("replay", "on")).requireReplayable("PTX"))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("for CUDA");
        TornadoOptions.parse(Map.of("replay", "on")).requireReplayable("CUDA");
        TornadoOptions.parse(Map.of()).requireReplayable("OPENCL");
        assertThatThrownBy(() -> provider.create(Map.of("speed", "most")))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("checks");
    }
}
