package io.arkvale.tornado;

import io.arkvale.api.Availability;
import io.arkvale.conformance.BackendConformanceTest;
import io.arkvale.conformance.ConformanceOptions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;

/** The kit on TornadoVM's first device. */
class TornadoConformanceTest extends BackendConformanceTest {
    @BeforeAll
    static void requireTornadoVm() {
        if (new TornadoProvider().probe() instanceof Availability.Unavailable unavailable) {
            Assumptions.abort(unavailable.reason());
        }
    }

    @Override
    protected ConformanceOptions options() {
        return ConformanceOptions.of(new TornadoProvider());
    }
}
