package io.arkvale.experiments.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.api.Backends;
import io.arkvale.api.ElementType;
import io.arkvale.api.SequenceSpec;
import io.arkvale.experiments.bench.BenchResult.Kind;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DecodeBenchTest {
    @Test
    void stillQueriesRecallNothingAndTurningOnesAboutOnePageAStep() {
        var limited = SequenceSpec.builder(8).budgetPages(16).denseLayers(0).build();
        var measured = new BenchCase(2, 4, 2, 16, ElementType.BF16, 2, 1000, limited, 8, 300);
        try (var backend = Backends.create("cpu", Map.of("threads", "1"));
                var bench = new DecodeBench(backend, measured, 200, 3)) {
            var results = bench.run(100, 100);

            assertThat(results).extracting(BenchResult::kind).containsExactlyElementsOf(Kind.DECODE);
            assertThat(results.get(0).speedup()).isEqualTo(1);
            assertThat(results.get(0).recallsPerStep()).isZero();
            // A still query's ranking only changes when the window moves, once in eight tokens.
            assertThat(results.get(1).recallsPerStep()).isLessThan(0.5);
            assertThat(results.get(2).recallsPerStep()).isBetween(0.7, 1.4);
            assertThat(results)
                    .allSatisfy(result -> assertThat(result.medianNanos()).isPositive());

            var prefill = bench.prefill(3);
            assertThat(prefill.kind()).isEqualTo(Kind.PREFILL);
            assertThat(prefill.tokens()).isEqualTo(300);
            assertThat(prefill.medianNanos()).isPositive();
            assertThat(prefill.speedup()).isNull();
        }
    }
}
