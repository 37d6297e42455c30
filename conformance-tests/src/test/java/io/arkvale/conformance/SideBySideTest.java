package io.arkvale.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Threads change how long the kit takes and nothing else. */
final class SideBySideTest {
    @Test
    void anyNumberOfThreadsGivesTheSameReport() {
        var options = ConformanceOptions.of("example")
                .rules(Set.of(0, 303, 402, 403, 504, 601, 705, 805))
                .tries(5)
                .actions(150);
        var one = ConformanceKit.run(options, ConformanceListener.SILENT);
        var four = ConformanceKit.run(options.threads(4), ConformanceListener.SILENT);
        assertThat(four.passed()).isTrue();
        assertThat(untimed(four)).isEqualTo(untimed(one));
        assertThat(four.worstErrors()).isEqualTo(one.worstErrors());
        assertThat(four.actions()).isEqualTo(one.actions());
        assertThat(four.choices()).isEqualTo(one.choices());
    }

    private static List<List<Object>> untimed(ConformanceReport report) {
        return report.results().stream()
                .map(result -> List.<Object>of(
                        result.rule(), result.test(), result.outcome(), result.tries(), result.worstError()))
                .toList();
    }
}
