package io.arkvale.llama.cuda;

import io.arkvale.api.Availability;
import io.arkvale.api.Availability.Available;
import io.arkvale.api.Availability.Unavailable;
import io.arkvale.api.ElementType;
import io.arkvale.llama.forward.DenseDevice;
import io.arkvale.llama.forward.DenseProvider;
import java.util.Map;

/** NVIDIA GPUs, {@code cuda}. Options: {@code device}, the GPU's number, and {@code cublas}, the library's file or name. */
public final class CudaDenseProvider implements DenseProvider {

    @Override
    public String id() {
        return "cuda";
    }

    @Override
    public Availability probe(Map<String, String> options) {
        var chosen = CudaDenseOptions.of(options);
        var gpu = Probe.gpu(chosen.device());
        return gpu instanceof Available && CuBlas.find(chosen.cublas()).isEmpty()
                ? CuBlas.missing(chosen.cublas())
                : gpu;
    }

    @Override
    public DenseDevice open(ElementType elementType, Map<String, String> options) {
        var chosen = CudaDenseOptions.of(options);
        return switch (probe(options)) {
            case Unavailable no ->
                throw new IllegalStateException("a model cannot compute on cuda: " + no.reason() + "; " + no.cure());
            case Available there ->
                new CudaDevice(
                        chosen.device(),
                        there.device(),
                        elementType,
                        new CuBlas(CuBlas.find(chosen.cublas()).orElseThrow()));
        };
    }
}
