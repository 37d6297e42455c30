package io.arkvale.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.conformance.wrong.WrongBackend;
import io.arkvale.conformance.wrong.WrongBackends;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The kit finds every deliberate mistake and names the rule it breaks. */
@Tag("thorough")
final class WrongBackendsTest {
    private static final int TRIES = 20;

    static List<WrongBackend> wrongBackends() {
        return WrongBackends.all();
    }

    @ParameterizedTest
    @MethodSource("wrongBackends")
    void theTestsOfTheRuleFailWithItsId(WrongBackend wrong) {
        var options = ConformanceOptions.of(wrong.provider())
                .rules(Set.of(wrong.rule()))
                .tries(TRIES)
                .shrinks(0);
        try (var kit = ConformanceKit.open(options)) {
            // The first test that sees it is enough.
            var results = new ArrayList<RuleResult>();
            var seen = kit.tests().stream()
                    .map(kit::run)
                    .peek(results::add)
                    .anyMatch(result -> Objects.equals(result.violatedRule(), wrong.rule()));
            assertThat(seen).as(results.toString()).isTrue();
        }
    }

    @Test
    void everyRuleHasAMistakeAgainstIt() {
        var rules = new TreeSet<Integer>();
        wrongBackends().forEach(wrong -> rules.add(wrong.rule()));
        var tested = new TreeSet<>(RuleCatalog.rules());
        tested.remove(0); // Whole lives of caches, which name the rule that they find broken.
        assertThat(rules).isEqualTo(tested);
    }
}
