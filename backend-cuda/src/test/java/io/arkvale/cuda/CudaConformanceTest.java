package io.arkvale.cuda;

import io.arkvale.api.Availability;
import io.arkvale.conformance.BackendConformanceTest;
import io.arkvale.conformance.ConformanceOptions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;

/** The kit on this machine's GPU. */
class CudaConformanceTest extends BackendConformanceTest {
    @BeforeAll
    static void requireGpu() {
        if (new CudaProvider().probe() instanceof Availability.Unavailable unavailable) {
            Assumptions.abort(unavailable.reason());
        }
    }

    @Override
    protected ConformanceOptions options() {
        return ConformanceOptions.of(new CudaProvider());
    }
}
