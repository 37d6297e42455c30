package io.arkvale.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.api.BackendProvider;
import io.arkvale.conformance.wrong.PlantedFaults;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One mistake makes most tests fail; the first message must lead to it. */
final class MessagesTest {
    private static List<String> explained(BackendProvider provider) {
        var options = ConformanceOptions.of(provider).tries(2).actions(100).shrinks(60);
        var report = ConformanceKit.run(options, ConformanceListener.SILENT);
        assertThat(report.passed()).isFalse();
        assertThat(report.causes()).isNotEmpty();
        var failed = report.results().stream()
                .filter(result -> result.outcome() == RuleResult.Outcome.FAILED)
                .count();
        assertThat(failed).isGreaterThan(20);
        assertThat(report.explanation())
                .startsWith(failed + " of " + report.results().size() + " tests failed");
        return report.explanation().lines().toList();
    }

    /** The first cause: the line after the count and an empty one. */
    private static String first(List<String> explanation) {
        return explanation.get(2) + "\n" + explanation.get(3);
    }

    @Test
    @Tag("thorough")
    void aLateDigestIsNamed() {
        assertThat(first(explained(PlantedFaults.lateDigest())))
                .contains("rule 303", "has no digest, must have one", "from the call that filled it on");
    }

    @Test
    @Tag("thorough")
    void anEvictedWindowPageIsNamed() {
        assertThat(first(explained(PlantedFaults.evictedWindowPage())))
                .contains("must stay", "it is a window page (the last");
    }

    @Test
    @Tag("thorough")
    void anOutputInTheWrongRowIsNamedWithTheRowItIsFrom() {
        assertThat(first(explained(PlantedFaults.swappedOutputs())))
                .contains("the output of", "the row is what", "must get: check which row goes where");
    }

    @Test
    void aFailureNamesItsTestAndTheCaseThatFailsAlone() {
        var provider = PlantedFaults.lateDigest();
        var options =
                ConformanceOptions.of(provider).rules(Set.of(303)).tries(2).shrinks(60);
        var failed = ConformanceKit.run(options, ConformanceListener.SILENT)
                .results()
                .getFirst();
        assertThat(failed.detail())
                .contains("ConformanceKit.check(ConformanceOptions.of(\"example\"), \"required_spec303_", "new Scene(");
        var again = PastedCode.run(failed.detail(), provider);
        assertThat(again.violatedRule()).isEqualTo(failed.violatedRule());
        assertThat(Objects.requireNonNull(again.detail()).lines().findFirst())
                .isEqualTo(failed.detail().lines().findFirst());
    }

    @Test
    void aMixedStepNamesMemberRoleAndRow() {
        var provider = PlantedFaults.oneRowEach();
        var options =
                ConformanceOptions.of(provider).rules(Set.of(609)).tries(10).shrinks(30);
        var failed = ConformanceKit.run(options, ConformanceListener.SILENT).results().stream()
                .filter(result -> result.test().equals("required_spec609_membersDoWhatTheyDoAlone"))
                .findFirst()
                .orElseThrow();
        assertThat(failed.detail()).containsPattern("member \\d of \\d \\([A-Z_]+ of \\d+ tokens?, sequence \\d");
        assertThat(failed.detail()).contains("new MixedScene(new Scene(", "new Part(Batch.Role.");
        assertThat(PastedCode.run(failed.detail(), provider).violatedRule()).isEqualTo(failed.violatedRule());
    }
}
