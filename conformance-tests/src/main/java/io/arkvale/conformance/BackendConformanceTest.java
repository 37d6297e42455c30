package io.arkvale.conformance;

import io.arkvale.conformance.RuleResult.Outcome;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Checks a backend from its own tests: extend it, name the backend in {@link #options()}, and every test of the kit
 * appears as a test of its own, named after the rule it checks. If any fails, the first test of all says why: failures
 * by the rule that is broken, the likeliest cause first.
 *
 * <p>The system properties {@code arkvale.conformance.tries}, {@code .actions}, {@code .seed} and {@code .rules}
 * (numbers, separated by commas) override what the options say.
 */
public abstract class BackendConformanceTest {
    /** For subclasses. */
    protected BackendConformanceTest() {}

    /** The backend to check, and how hard. */
    protected abstract ConformanceOptions options();

    /** What is wrong if anything is, then one dynamic test for every test of the kit, all of which have run before. */
    @TestFactory
    Stream<DynamicTest> rules() {
        var report = ConformanceKit.run(SystemProperties.override(options()), ConformanceListener.SILENT);
        var summary = DynamicTest.dynamicTest("what is broken, the likeliest cause first", () -> {
            if (!report.passed()) {
                Assertions.fail(report.explanation());
            }
        });
        return Stream.concat(Stream.of(summary), report.results().stream().map(BackendConformanceTest::test));
    }

    private static DynamicTest test(RuleResult result) {
        return DynamicTest.dynamicTest(result.test(), () -> {
            Assumptions.assumeFalse(result.outcome() == Outcome.SKIPPED, result.detail());
            if (result.outcome() == Outcome.FAILED) {
                Assertions.fail(result.test() + ": " + result.detail());
            }
        });
    }
}
