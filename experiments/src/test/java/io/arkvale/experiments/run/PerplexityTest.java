package io.arkvale.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.experiments.plan.Grid;
import io.arkvale.experiments.policy.PolicyChoice;
import io.arkvale.experiments.result.Fidelity;
import io.arkvale.experiments.task.HeldOutText;
import io.arkvale.llama.Logits;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PerplexityTest {
    private static final int CONTEXT = 512;
    private static final int SCORED = 128;

    @Test
    void fullAttentionPredictsAsOneForwardPassDoesAndATightBudgetWorse() {
        try (var model = new ShippedModel()) {
            var bench = model.bench(null);
            var text = bench.tokens(HeldOutText.bytes());
            var policies = List.of(PolicyChoice.parse("full", Map.of()), PolicyChoice.parse("streaming-llm", Map.of()));
            var results =
                    Perplexity.measure(bench, text, CONTEXT, SCORED, Grid.of(policies, List.of(16, 2048), 0), () -> {});
            var expected = inOnePass(bench, text);
            assertThat(results.get(0).bitsPerByte()).isCloseTo(expected, within(1e-3));
            assertThat(results.get(1))
                    .isEqualTo(new Perplexity.Result(
                            "full",
                            2048,
                            CONTEXT,
                            SCORED,
                            results.get(0).bitsPerByte(),
                            results.get(0).usage(),
                            Fidelity.FULL));
            assertThat(results.get(2).bitsPerByte()).isGreaterThan(expected + 0.5);
            assertThat(results.get(3).bitsPerByte()).isCloseTo(expected, within(1e-3));
        }
    }

    private static double inOnePass(Lab bench, int[] text) {
        var bits = new double[1];
        var store = bench.model().newStore();
        var tokens = Arrays.copyOf(text, CONTEXT + SCORED);
        bench.model().prefill().run(tokens, 0, bench.model().dense(store), (position, logits, offset) -> {
            if (position >= CONTEXT) {
                bits[0] -= Logits.logProbability(logits, offset, 256, text[position + 1]) / Math.log(2);
            }
        });
        return bits[0] / SCORED;
    }
}
