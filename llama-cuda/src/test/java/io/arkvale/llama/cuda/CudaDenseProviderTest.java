package io.arkvale.llama.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.Availability.Available;
import io.arkvale.api.Availability.Unavailable;
import io.arkvale.api.ElementType;
import io.arkvale.llama.forward.DenseDevices;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the module says where there is no GPU, no cuBLAS, or a wrong option. */
class CudaDenseProviderTest {

    @Test
    void aMissingLibraryHasAReasonAndACure() {
        assertThat(CuBlas.find("libno-such-cublas.so")).isEmpty();
        assertThat(CuBlas.missing("libno-such-cublas.so"))
                .isEqualTo(new Unavailable(
                        "cuBLAS is not found: the loader has no libno-such-cublas.so",
                        "name the file of libcublas 12 or 13 with the option cublas"));
        assertThat(CuBlas.missing(null).reason()).contains("libcublas.so.13", "libcublas.so.12");
    }

    @Test
    void whatIsNotAvailableIsRefusedWithReasonAndCure() {
        var options = Map.of("cublas", "libno-such-cublas.so");
        var availability = new CudaDenseProvider().probe(options);
        assertThat(availability).isInstanceOf(Unavailable.class);
        var no = (Unavailable) availability;
        assertThatThrownBy(() -> DenseDevices.open("cuda", ElementType.F32, options))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a model cannot compute on cuda: " + no.reason() + "; " + no.cure());
    }

    @Test
    void aMachineWithoutADriverSaysSo() {
        if (Native.driver().isPresent()) {
            assertThat(Probe.gpu(0)).isInstanceOfAny(Available.class, Unavailable.class);
        } else {
            assertThat(Probe.gpu(0))
                    .isEqualTo(new Unavailable(
                            "there is no NVIDIA driver: libcuda.so.1 is not found",
                            "install the driver, version 580 or later"));
        }
    }

    @Test
    void wrongOptionsNameTheAllowedOnes() {
        assertThatThrownBy(() -> CudaDenseOptions.of(Map.of("devise", "1")))
                .hasMessage("there is no option devise; allowed: cublas, device");
        assertThatThrownBy(() -> CudaDenseOptions.of(Map.of("device", "-1")))
                .hasMessage("device is -1; allowed: the number of a GPU, from 0");
        assertThatThrownBy(() -> DenseDevices.open("abacus", ElementType.F32, Map.of()))
                .hasMessage("there is no device abacus for models; allowed: cuda");
    }

    @Test
    void theImagesHaveEveryKernel() throws Exception {
        for (var name : DenseKernels.Name.values()) {
            try (var stream = DenseKernels.class.getResourceAsStream(name.image())) {
                var image = new String(stream.readAllBytes(), StandardCharsets.ISO_8859_1);
                for (var type : ElementType.values()) {
                    assertThat(image.contains(".text." + name.function(type) + "\0"))
                            .as(name.function(type))
                            .isEqualTo(name.isFor(type));
                }
            }
        }
    }
}
