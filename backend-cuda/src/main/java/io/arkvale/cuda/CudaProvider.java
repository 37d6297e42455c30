package io.arkvale.cuda;

import io.arkvale.api.Availability;
import io.arkvale.api.Backend;
import io.arkvale.api.BackendOption;
import io.arkvale.api.BackendProvider;
import io.arkvale.api.BackendUnavailableException;
import io.arkvale.cuda.driver.Driver;
import io.arkvale.cuda.driver.Probe;
import java.util.List;
import java.util.Map;

/** Provider of {@code cuda}. Touches nothing native before {@link #probe}. */
public final class CudaProvider implements BackendProvider {
    /** Used by ServiceLoader. */
    public CudaProvider() {}

    @Override
    public String id() {
        return CudaBackend.ID;
    }

    @Override
    public int edition() {
        return 2;
    }

    @Override
    public int rank() {
        return 100;
    }

    @Override
    public List<BackendOption> options() {
        return CudaOptions.ALL;
    }

    @Override
    public Availability probe() {
        return Probe.device(0);
    }

    @Override
    public Backend create(Map<String, String> options) {
        var parsed = CudaOptions.parse(options);
        return switch (Probe.device(parsed.device())) {
            case Availability.Unavailable unavailable ->
                throw new BackendUnavailableException(id(), unavailable.reason(), unavailable.cure());
            case Availability.Available available -> new CudaBackend(available.device(), parsed, new Driver());
        };
    }
}
