package io.arkvale.cuda;

import io.arkvale.api.Availability;
import io.arkvale.api.Backend;
import io.arkvale.api.BackendUnavailableException;
import io.arkvale.core.CoreProvider;
import io.arkvale.cuda.driver.Driver;
import io.arkvale.cuda.driver.Probe;
import io.arkvale.cuda.kernel.Store;
import java.util.Map;

/** Provider of {@code cuda}. Touches nothing native before {@link #probe}. */
public final class CudaProvider extends CoreProvider {
    /** Used by ServiceLoader. */
    public CudaProvider() {
        super(CudaBackend.ID, 100, CudaOptions.ALL);
    }

    @Override
    public Availability probe() {
        return Probe.device(0, Store.ELEMENT);
    }

    @Override
    public Backend create(Map<String, String> options) {
        var parsed = CudaOptions.parse(options);
        return switch (Probe.device(parsed.device(), parsed.store())) {
            case Availability.Unavailable unavailable ->
                throw new BackendUnavailableException(id(), unavailable.reason(), unavailable.cure());
            case Availability.Available available -> new CudaBackend(available.device(), parsed, new Driver());
        };
    }
}
