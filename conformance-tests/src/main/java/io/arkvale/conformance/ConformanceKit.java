package io.arkvale.conformance;

import io.arkvale.api.Availability;
import io.arkvale.api.Backend;
import io.arkvale.conformance.RuleCatalog.RuleTest;
import io.arkvale.conformance.RuleResult.Outcome;
import io.arkvale.conformance.lockstep.Findings;
import io.arkvale.conformance.lockstep.RuleViolation;
import io.arkvale.conformance.rules.Context;
import io.arkvale.conformance.rules.SkippedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.sessions.JqwikSession;
import org.jspecify.annotations.Nullable;

/** Runs the kit: every test of the rules asked for, one after another, on one backend. */
public final class ConformanceKit implements AutoCloseable {
    private final ConformanceOptions options;
    private final @Nullable Backend backend;
    private final Findings all = new Findings();
    private final List<RuleResult> results = new ArrayList<>();

    private ConformanceKit(ConformanceOptions options) {
        this.options = options;
        var available = options.provider().probe() instanceof Availability.Available;
        this.backend = available ? options.provider().create(options.backendOptions()) : null;
    }

    /**
     * Checks a backend. Where it cannot run, all but its provider's rules are skipped with the reason.
     *
     * @throws io.arkvale.api.InvalidArgumentException if it rejects its options
     */
    public static ConformanceReport run(ConformanceOptions options, ConformanceListener listener) {
        try (var kit = open(options)) {
            for (var test : kit.tests()) {
                listener.started(test.rule(), test.name());
                listener.finished(kit.run(test));
            }
            return kit.report();
        }
    }

    static ConformanceKit open(ConformanceOptions options) {
        return new ConformanceKit(options);
    }

    /** The tests that the options ask for. */
    List<RuleTest> tests() {
        return RuleCatalog.tests().stream()
                .filter(test -> options.rules().isEmpty() || options.rules().contains(test.rule()))
                .toList();
    }

    /** Runs one test. */
    RuleResult run(RuleTest test) {
        var findings = new Findings();
        var context = new Context(
                options.provider(),
                options.backendOptions(),
                backend,
                findings,
                options.tries(),
                options.actions(),
                options.shrinks(),
                options.seed(),
                test.rule());
        var start = System.nanoTime();
        Throwable failure = null;
        JqwikSession.start();
        try {
            test.run(context);
        } catch (Throwable e) {
            failure = e;
        } finally {
            JqwikSession.finish();
        }
        all.add(findings);
        var result = new RuleResult(
                test.rule(),
                test.name(),
                failure == null
                        ? Outcome.PASSED
                        : failure instanceof SkippedException ? Outcome.SKIPPED : Outcome.FAILED,
                failure instanceof RuleViolation violation ? (Integer) violation.rule() : null,
                failure == null ? "" : describe(failure),
                findings.cases(),
                findings.worst().getOrDefault(test.rule(), 0.0),
                (System.nanoTime() - start) / 1e9);
        results.add(result);
        return result;
    }

    private static String describe(Throwable failure) {
        if (failure instanceof SkippedException || failure instanceof RuleViolation) {
            return Objects.requireNonNullElse(failure.getMessage(), "");
        }
        var cause = failure.getCause() == null ? "" : " caused by " + failure.getCause();
        return "the test itself failed: " + failure + cause;
    }

    /** What the tests run so far have shown. */
    ConformanceReport report() {
        return new ConformanceReport(
                options.provider().id(),
                backend == null ? options.provider().probe().toString() : backend.device(),
                options.backendOptions(),
                options.seed(),
                results,
                all.worst(),
                all.actions(),
                all.decisions(),
                all.nearTies());
    }

    @Override
    public void close() {
        if (backend != null) {
            backend.close();
        }
    }
}
