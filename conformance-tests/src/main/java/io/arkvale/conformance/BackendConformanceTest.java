package io.arkvale.conformance;

import io.arkvale.conformance.RuleResult.Outcome;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Checks a backend from its own tests: extend it, name the backend in {@link #options()}, and every test of the kit
 * appears as a test of its own, named after the rule it checks.
 *
 * <p>The system properties {@code arkvale.conformance.tries}, {@code .actions}, {@code .seed} and {@code .rules}
 * (numbers, separated by commas) override what the options say.
 */
@TestInstance(Lifecycle.PER_CLASS)
public abstract class BackendConformanceTest {
    private @Nullable ConformanceKit kit;

    /** For subclasses. */
    protected BackendConformanceTest() {}

    /** The backend to check, and how hard. */
    protected abstract ConformanceOptions options();

    /** One dynamic test for every test of the kit. */
    @TestFactory
    Stream<DynamicTest> rules() {
        var opened = ConformanceKit.open(SystemProperties.override(options()));
        kit = opened;
        return opened.tests().stream()
                .map(test -> DynamicTest.dynamicTest(test.name(), () -> {
                    var result = opened.run(test);
                    Assumptions.assumeFalse(result.outcome() == Outcome.SKIPPED, result.detail());
                    if (result.outcome() == Outcome.FAILED) {
                        Assertions.fail(result.detail());
                    }
                }));
    }

    @AfterAll
    void closeBackend() {
        if (kit != null) {
            kit.close();
        }
    }
}
