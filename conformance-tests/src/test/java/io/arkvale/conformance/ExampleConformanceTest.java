package io.arkvale.conformance;

/** The example backend, which is correct, passes every rule. */
final class ExampleConformanceTest extends BackendConformanceTest {
    @Override
    protected ConformanceOptions options() {
        return ConformanceOptions.of("example").tries(8).actions(300);
    }
}
