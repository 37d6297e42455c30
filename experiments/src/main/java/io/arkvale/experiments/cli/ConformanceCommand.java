package io.arkvale.experiments.cli;

import io.arkvale.api.Availability;
import io.arkvale.api.BackendProvider;
import io.arkvale.api.BackendUnavailableException;
import io.arkvale.conformance.ConformanceKit;
import io.arkvale.conformance.ConformanceListener;
import io.arkvale.conformance.ConformanceOptions;
import io.arkvale.conformance.ConformanceReport;
import io.arkvale.conformance.RuleResult;
import io.arkvale.conformance.RuleResult.Outcome;
import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.option.BackendOptions;
import io.arkvale.experiments.cli.option.OutputOptions;
import io.arkvale.experiments.cli.option.SeedOption;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.report.Origin;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.report.TextTable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the conformance kit on a backend: one line per test, named after the rule that it checks. */
@Command(
        name = "conformance",
        description = "Check a backend against the specification, rule by rule; exit 1 if it breaks one.")
public final class ConformanceCommand implements Callable<Integer> {
    private static final List<Metric<RuleResult>> COLUMNS = List.of(
            Metric.of("rule", RuleResult::rule),
            Metric.of("test", RuleResult::test),
            Metric.of("outcome", result -> word(result.outcome())),
            Metric.of("violated_rule", RuleResult::violatedRule),
            Metric.of("tries", RuleResult::tries),
            Metric.of("worst_error", RuleResult::worstError),
            Metric.of("seconds", RuleResult::seconds),
            Metric.of("detail", RuleResult::detail));

    private final Terminal terminal;

    @Option(
            names = "--rule",
            paramLabel = "NNN",
            split = ",",
            description = "Only the tests of these rules; 0 means long random runs (default: all).")
    private Set<Integer> rules = new LinkedHashSet<>();

    @Option(names = "--tries", paramLabel = "N", description = "Cases tried for each property (default: 25).")
    private @Nullable Integer tries;

    @Option(names = "--actions", paramLabel = "N", description = "Actions in long random runs (default: 2000).")
    private @Nullable Long actions;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Tests that run side by side, each on a backend of its own (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Mixin
    private SeedOption seed = new SeedOption();

    @Mixin
    private BackendOptions backendOptions = new BackendOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    public ConformanceCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        var options = options();
        requireAvailable(options.provider());
        output.open();
        var report = ConformanceKit.run(options, new Announcer());
        var origin = new Origin(options.seed(), "random data", report.backend(), report.device());
        output.write(terminal, "conformance", Report.of(COLUMNS, report.results()), origin, text(report));
        return exitCode(report);
    }

    private ConformanceOptions options() {
        var options = ConformanceOptions.of(backendOptions.provider()).seed(seed.value());
        for (var option : backendOptions.values().entrySet()) {
            options = options.option(option.getKey(), option.getValue());
        }
        try {
            options = options.rules(rules).threads(threads);
            options = tries == null ? options : options.tries(tries);
            return actions == null ? options : options.actions(actions);
        } catch (IllegalArgumentException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        }
    }

    private static void requireAvailable(BackendProvider provider) {
        if (provider.probe() instanceof Availability.Unavailable unavailable) {
            throw new BackendUnavailableException(provider.id(), unavailable.reason(), unavailable.cure());
        }
    }

    /** 1 if a rule is broken. */
    public static int exitCode(ConformanceReport report) {
        return report.passed() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** One line per test, then every failure and skip with its detail, then the sums. */
    public static String text(ConformanceReport report) {
        var table = new TextTable(List.of("rule", "outcome", "tries", "worst error", "s", "test"));
        var details = new StringBuilder();
        for (var result : report.results()) {
            table.row(List.of(
                    result.rule() == 0 ? "all" : Integer.toString(result.rule()),
                    word(result.outcome()),
                    Long.toString(result.tries()),
                    result.worstError() == 0 ? "" : String.format(Locale.ROOT, "%.3f", result.worstError()),
                    String.format(Locale.ROOT, "%.1f", result.seconds()),
                    result.test()));
            if (!result.detail().isEmpty()) {
                details.append('\n').append(result.test()).append(' ').append(word(result.outcome()));
                details.append("\n  ").append(result.detail()).append('\n');
            }
        }
        return table + details.toString() + '\n' + sums(report);
    }

    private static String sums(ConformanceReport report) {
        var failed = count(report, Outcome.FAILED);
        var verdict = failed == 0 ? "no broken rule was found" : "rules broken: " + report.violatedRules();
        return String.format(
                Locale.ROOT,
                "%d passed, %d failed, %d skipped: %s.%nLong random runs: %d actions. Near ties: %d of %d choices of"
                        + " pages.%n",
                count(report, Outcome.PASSED),
                failed,
                count(report, Outcome.SKIPPED),
                verdict,
                report.actions(),
                report.nearTies(),
                report.choices());
    }

    private static long count(ConformanceReport report, Outcome outcome) {
        return report.results().stream()
                .filter(result -> result.outcome() == outcome)
                .count();
    }

    private static String word(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    /** Tells a person who watches what runs, since a test may take a while. */
    private final class Announcer implements ConformanceListener {
        @Override
        public synchronized void started(int rule, String test) {
            if (terminal.interactive()) {
                terminal.err().print("\r\033[K" + test);
                terminal.err().flush();
            }
        }

        @Override
        public synchronized void finished(RuleResult result) {
            if (terminal.interactive()) {
                terminal.err().print("\r\033[K");
                terminal.err().flush();
            }
        }
    }
}
