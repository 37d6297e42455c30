package io.arkvale.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.arkvale.api.Availability;
import io.arkvale.api.BackendUnavailableException;
import io.arkvale.api.Backends;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.cuda.driver.Probe;
import io.arkvale.cuda.kernel.Store;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProbeTest {
    @Test
    void theProviderIsFoundAndAnswersAlikeEachTime() {
        var provider = Backends.provider("cuda");
        assertThat(provider).isInstanceOf(CudaProvider.class);
        assertThat(provider.probe()).isEqualTo(provider.probe());
    }

    @Test
    void withoutAGpuTheReasonAndTheCureAreTold() {
        var availability = new CudaProvider().probe();
        assumeTrue(availability instanceof Availability.Unavailable, "this machine has a GPU");
        var unavailable = (Availability.Unavailable) availability;
        assertThat(unavailable.reason()).contains("driver");
        assertThatThrownBy(() -> Backends.create("cuda", Map.of()))
                .isInstanceOf(BackendUnavailableException.class)
                .hasMessageContaining(unavailable.reason())
                .hasMessageContaining(unavailable.cure());
    }

    @Test
    void anOldDriverIsToldWhichVersionIsNeeded() {
        var unavailable = Probe.tooOld(12_040);
        assertThat(unavailable.reason()).contains("12.4").contains("13.0");
        assertThat(unavailable.cure()).contains("580");
    }

    @Test
    void aGpuWithoutEightBitFloatsIsToldWhatToUse() {
        var unavailable = Probe.tooWeak("A100", 80, Store.FP8);
        assertThat(unavailable.reason()).isEqualTo("A100 has compute capability 8.0, store=fp8 needs 8.9 or later");
        assertThat(unavailable.cure()).contains("8.9").contains("store=int8");
    }

    @Test
    void aMissingDriverIsNotMistakenForMissingNatives() {
        var driver = new UnsatisfiedLinkError("libcuda.so.1: cannot open shared object file");
        assertThat(Probe.unlinked(driver).reason()).contains("no NVIDIA driver");
        var natives = new UnsatisfiedLinkError("No resource found");
        assertThat(Probe.unlinked(natives).cure()).contains("jcuda-natives");
    }

    @Test
    void optionsOutOfRangeNameWhatIsAllowed() {
        var provider = new CudaProvider();
        assertThatThrownBy(() -> provider.create(Map.of("device", "-1")))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("0 to 63");
        assertThatThrownBy(() -> provider.create(Map.of("store", "int2")))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("element, int8, fp8");
        assertThatThrownBy(() -> provider.create(Map.of("checks", "sometimes")))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("deferred, immediate");
        assertThatThrownBy(() -> provider.create(Map.of("speed", "most")))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("checks");
    }
}
