package io.arkvale.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.experiments.plan.Grid;
import io.arkvale.experiments.policy.PolicyChoice;
import io.arkvale.experiments.result.Fidelity;
import io.arkvale.experiments.result.Notebook;
import io.arkvale.experiments.result.TextResult;
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
            var lab = model.lab(null);
            var text = lab.tokens(HeldOutText.bytes());
            var policies = List.of(PolicyChoice.parse("full", Map.of()), PolicyChoice.parse("streaming-llm", Map.of()));
            var grid = Grid.of(policies, List.of(16, 2048), 0);
            var notebook = Notebook.inMemory();
            var results = new Perplexity(lab, text, CONTEXT, SCORED, grid, 1).measure(notebook, () -> {});
            var expected = inOnePass(lab, text);
            assertThat(results.get(0).bitsPerByte().mean()).isCloseTo(expected, within(1e-3));
            assertThat(results.get(1))
                    .isEqualTo(new TextResult(
                            "full", 2048, CONTEXT, SCORED, results.get(0).blocks()));
            assertThat(results.get(0).fidelity()).isEqualTo(Fidelity.FULL);
            var interval = results.get(0).bitsPerByte().interval();
            assertThat(interval.low()).isBetween(0.0, expected);
            assertThat(interval.high()).isBetween(expected, 8.0);
            // Nothing is fed again when all of it is there.
            var before = notebook.added();
            new Perplexity(lab, text, CONTEXT, SCORED, grid, 1).measure(notebook, () -> {
                throw new AssertionError("fed again");
            });
            assertThat(notebook.added()).isEqualTo(before);
            assertThat(results.get(2).bitsPerByte().mean()).isGreaterThan(expected + 0.5);
            assertThat(results.get(3).bitsPerByte().mean()).isCloseTo(expected, within(1e-3));
        }
    }

    private static double inOnePass(Lab lab, int[] text) {
        var bits = new double[1];
        var store = lab.model().newStore();
        var tokens = Arrays.copyOf(text, CONTEXT + SCORED);
        lab.model().prefill().run(tokens, 0, lab.model().dense(store), (position, logits, offset) -> {
            if (position >= CONTEXT) {
                bits[0] -= Logits.logProbability(logits, offset, 256, text[position + 1]) / Math.log(2);
            }
        });
        return bits[0] / SCORED;
    }
}
