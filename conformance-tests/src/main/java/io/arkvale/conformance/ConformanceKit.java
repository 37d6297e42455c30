package io.arkvale.conformance;

import io.arkvale.api.Availability;
import io.arkvale.api.Backend;
import io.arkvale.conformance.RuleCatalog.RuleTest;
import io.arkvale.conformance.RuleResult.Outcome;
import io.arkvale.conformance.data.SkippedException;
import io.arkvale.conformance.lockstep.Findings;
import io.arkvale.conformance.lockstep.RuleViolation;
import io.arkvale.conformance.property.Context;
import io.arkvale.conformance.property.Generation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Runs the kit: every test of the rules asked for, on one backend, or side by side on several of the same options. */
public final class ConformanceKit implements AutoCloseable {
    private final ConformanceOptions options;
    private final @Nullable Backend backend;

    private ConformanceKit(ConformanceOptions options) {
        this.options = options;
        var available = options.provider().probe() instanceof Availability.Available;
        this.backend = available ? options.provider().create(options.backendOptions()) : null;
    }

    /**
     * Checks a backend. Where it cannot run, all but its provider's rules are skipped with the reason. The report is the
     * same for any number of threads, times aside: every test has its own seed and every thread its own backend.
     *
     * @throws io.arkvale.api.InvalidArgumentException if it rejects its options
     */
    public static ConformanceReport run(ConformanceOptions options, ConformanceListener listener) {
        var kits = new ArrayList<ConformanceKit>();
        try {
            for (var i = 0; i < options.threads(); i++) {
                kits.add(open(options));
            }
            return run(kits, listener);
        } finally {
            kits.forEach(ConformanceKit::close);
        }
    }

    private static ConformanceReport run(List<ConformanceKit> kits, ConformanceListener listener) {
        var tests = kits.getFirst().tests();
        var results = new AtomicReferenceArray<@Nullable Tested>(tests.size());
        var next = new AtomicInteger();
        try (var pool = Executors.newFixedThreadPool(kits.size())) {
            var running = new ArrayList<Future<?>>();
            for (var kit : kits) {
                running.add(pool.submit(() -> {
                    for (int i = next.getAndIncrement(); i < tests.size(); i = next.getAndIncrement()) {
                        var test = tests.get(i);
                        listener.started(test.rule(), test.name());
                        var tested = kit.test(test);
                        listener.finished(tested.result());
                        results.set(i, tested);
                    }
                }));
            }
            for (var worker : running) {
                worker.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the kit failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the kit was interrupted", e);
        }
        var all = new Findings();
        var ordered = new ArrayList<RuleResult>();
        for (var i = 0; i < tests.size(); i++) {
            var tested = Objects.requireNonNull(results.get(i));
            all.add(tested.findings());
            ordered.add(tested.result());
        }
        return kits.getFirst().report(ordered, all);
    }

    static ConformanceKit open(ConformanceOptions options) {
        return new ConformanceKit(options);
    }

    /** A test's result and what it measured. */
    private record Tested(RuleResult result, Findings findings) {}

    /** The tests that the options ask for. */
    List<RuleTest> tests() {
        return RuleCatalog.tests().stream()
                .filter(test -> options.rules().isEmpty() || options.rules().contains(test.rule()))
                .toList();
    }

    /** Runs one test. */
    RuleResult run(RuleTest test) {
        return test(test).result();
    }

    /**
     * Checks one case, as the message of a failure writes it: the last argument is a {@code Scene}, a {@code Life} or
     * what else the test generates, of the package {@code io.arkvale.conformance.cases}.
     *
     * @param test name of the test
     * @throws IllegalArgumentException if there is no such test
     */
    public static RuleResult check(ConformanceOptions options, String test, Object given) {
        var named = RuleCatalog.tests().stream()
                .filter(one -> one.name().equals(test))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no test " + test));
        try (var kit = open(options)) {
            return kit.test(named, given).result();
        }
    }

    private Tested test(RuleTest test) {
        return test(test, null);
    }

    private Tested test(RuleTest test, @Nullable Object given) {
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
                test.rule(),
                test.name(),
                given);
        var start = System.nanoTime();
        Throwable failure = null;
        Generation.begin();
        try {
            test.run(context);
        } catch (Throwable e) {
            failure = e;
        } finally {
            Generation.end();
        }
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
        return new Tested(result, findings);
    }

    private static String describe(Throwable failure) {
        if (failure instanceof SkippedException || failure instanceof RuleViolation) {
            return Objects.requireNonNullElse(failure.getMessage(), "");
        }
        var cause = failure.getCause() == null ? "" : " caused by " + failure.getCause();
        return "the test itself failed: " + failure + cause;
    }

    private ConformanceReport report(List<RuleResult> results, Findings all) {
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
