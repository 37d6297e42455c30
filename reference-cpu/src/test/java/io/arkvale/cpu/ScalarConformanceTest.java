package io.arkvale.cpu;

import io.arkvale.conformance.BackendConformanceTest;
import io.arkvale.conformance.ConformanceOptions;
import org.junit.jupiter.api.Tag;

/** The scalar kernels on the caller's thread, against every rule of the specification. */
@Tag("thorough")
final class ScalarConformanceTest extends BackendConformanceTest {
    @Override
    protected ConformanceOptions options() {
        return ConformanceOptions.of("cpu")
                .option("kernels", "scalar")
                .option("threads", "1")
                .tries(5)
                .actions(500);
    }
}
