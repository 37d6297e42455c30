package org.example.kvcache;

import io.arkvale.conformance.BackendConformanceTest;
import io.arkvale.conformance.ConformanceOptions;

/** Checks the backend against every rule of the specification. */
final class ExampleBackendTest extends BackendConformanceTest {
    @Override
    protected ConformanceOptions options() {
        return ConformanceOptions.of("example").tries(10).actions(500);
    }
}
