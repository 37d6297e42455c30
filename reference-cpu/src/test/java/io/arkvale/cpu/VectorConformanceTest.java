package io.arkvale.cpu;

import io.arkvale.conformance.BackendConformanceTest;
import io.arkvale.conformance.ConformanceOptions;

/** The vector kernels on several threads, against every rule of the specification. */
final class VectorConformanceTest extends BackendConformanceTest {
    @Override
    protected ConformanceOptions options() {
        return ConformanceOptions.of("cpu")
                .option("kernels", "vector")
                .option("threads", "3")
                .tries(6)
                .actions(1000);
    }
}
