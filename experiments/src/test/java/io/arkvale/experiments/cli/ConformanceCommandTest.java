package io.arkvale.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.conformance.ConformanceReport;
import io.arkvale.conformance.RuleResult;
import io.arkvale.conformance.RuleResult.Outcome;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConformanceCommandTest {
    @Test
    void aLineATestAndExitZeroIfAllPass() {
        var run =
                Run.of("conformance", "--backend", "cpu", "--rule", "405,501", "--tries", "2", "--option", "threads=1");
        assertThat(run.err()).contains("backend cpu on");
        assertThat(run.exit()).as(run.out()).isZero();
        assertThat(run.out())
                .contains("required_spec405_", "required_spec501_")
                .contains("2 passed, 0 failed, 0 skipped: no broken rule was found.");
    }

    @Test
    void jsonHasARowATest() {
        var run = Run.of("conformance", "--backend", "cpu", "--rule", "101", "--format", "json", "--seed", "7");
        assertThat(run.exit()).isZero();
        assertThat(run.out()).contains("\"rule\"", "101", "\"outcome\"", "\"passed\"", "\"seed\"", "7");
    }

    @Test
    void unknownRulesTriesAndBackendsAreWrongInput() {
        assertThat(Run.of("conformance", "--backend", "cpu", "--rule", "999"))
                .matches(run -> run.exit() == 2 && run.err().contains("no test of rule 999"));
        assertThat(Run.of("conformance", "--backend", "cpu", "--tries", "0"))
                .matches(run -> run.exit() == 2 && run.err().contains("tries is 0"));
        assertThat(Run.of("conformance", "--backend", "abacus"))
                .matches(run -> run.exit() == 2 && run.err().contains("abacus"));
    }

    @Test
    void aBrokenRuleGivesExitOneAndItsCase() {
        var passed = new RuleResult(301, "required_spec301_a", Outcome.PASSED, null, "", 5, 0, 0.1);
        var failed = new RuleResult(302, "required_spec302_b", Outcome.FAILED, 303, "rule 303: case", 5, 1.5, 0.1);
        var report = new ConformanceReport(
                "wrong", "a device", Map.of(), 1, List.of(passed, failed), Map.of(303, 1.5), 0, 0, 0);
        assertThat(ConformanceCommand.exitCode(report)).isEqualTo(1);
        assertThat(ConformanceCommand.text(report)).contains("rule 303: case", "1 failed", "rules broken: [303]");
    }
}
