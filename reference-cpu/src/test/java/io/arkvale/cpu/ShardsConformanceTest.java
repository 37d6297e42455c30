package io.arkvale.cpu;

import io.arkvale.conformance.BackendConformanceTest;
import io.arkvale.conformance.ConformanceOptions;
import org.junit.jupiter.api.Tag;

/** Head groups spread over two CPU backends, against every rule of the specification. */
@Tag("thorough")
final class ShardsConformanceTest extends BackendConformanceTest {
    @Override
    protected ConformanceOptions options() {
        return ConformanceOptions.of("shards")
                .option("over", "cpu:threads=1,cpu:threads=1")
                .tries(4)
                .actions(300);
    }
}
