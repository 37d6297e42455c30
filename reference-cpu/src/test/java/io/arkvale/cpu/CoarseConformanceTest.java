package io.arkvale.cpu;

import io.arkvale.conformance.BackendConformanceTest;
import io.arkvale.conformance.ConformanceOptions;
import org.junit.jupiter.api.Tag;

/** Keys and values in four bits, against every rule of the specification. */
@Tag("thorough")
final class CoarseConformanceTest extends BackendConformanceTest {
    @Override
    protected ConformanceOptions options() {
        return ConformanceOptions.of("cpu")
                .option("store", "int4")
                .option("threads", "2")
                .tries(4)
                .actions(300);
    }
}
