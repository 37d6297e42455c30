package io.arkvale.cpu;

import io.arkvale.api.Availability;
import io.arkvale.api.Backend;
import io.arkvale.api.BackendOption;
import io.arkvale.api.BackendProvider;
import java.util.List;
import java.util.Map;

/** Provider of the reference backend, {@code cpu}, which runs everywhere. */
public final class CpuProvider implements BackendProvider {
    /** Used by ServiceLoader. */
    public CpuProvider() {}

    @Override
    public String id() {
        return CpuBackend.ID;
    }

    @Override
    public int edition() {
        return 2;
    }

    @Override
    public int rank() {
        return 0;
    }

    @Override
    public List<BackendOption> options() {
        return CpuOptions.ALL;
    }

    @Override
    public Availability probe() {
        return new Availability.Available(CpuBackend.device(CpuOptions.parse(Map.of())));
    }

    @Override
    public Backend create(Map<String, String> options) {
        return new CpuBackend(CpuOptions.parse(options));
    }
}
