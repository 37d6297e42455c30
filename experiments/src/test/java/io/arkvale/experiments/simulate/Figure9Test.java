package io.arkvale.experiments.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.arkvale.experiments.simulate.Simulation.Row;
import io.arkvale.experiments.simulate.description.Descriptions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The simulated figure 9 beside the paper's. */
class Figure9Test {
    private final Simulation simulation =
            PaperSetting.figure(new CostModel(Descriptions.gpu("A100-80G-PCIe"), Descriptions.model("LongChat-7B")));

    @Test
    void gainsAreThePapersWithin15Percent() {
        var gains = simulation.gains();
        assertThat(gains.mostSpeedup()).isCloseTo(2.2, withPercentage(15));
        assertThat(gains.meanSpeedup()).isCloseTo(1.7, withPercentage(15));
        assertThat(gains.mostThroughput()).isCloseTo(4.6, withPercentage(15));
        assertThat(gains.meanThroughput()).isCloseTo(3.5, withPercentage(15));
    }

    @Test
    void noConstantIsFittedToThePaper() {
        var a100 = Descriptions.gpu("A100-80G-PCIe");
        var h100 = Descriptions.gpu("H100");
        assertThat(a100.launchCost()).isEqualTo(h100.launchCost());
        assertThat(a100.memoryFraction()).isEqualTo(h100.memoryFraction());
    }

    @Test
    void everyBarOfTheLatencyPanelsIsThePapersWithin20Percent() {
        assertThat(simulation.rows())
                .hasSize(15)
                .allSatisfy(row -> assertThat(row.time().total() * 1e3)
                        .as("%s %s", row.tokens(), row.budget())
                        .isCloseTo(paperMillis(row), withPercentage(20)));
    }

    @Test
    void latencyOfFullAttentionGrowsWithTheLengthAndArkValesHardly() {
        assertThat(millis(30_000, null) / millis(10_000, null)).isGreaterThan(1.5);
        assertThat(millis(30_000, 1024) / millis(10_000, 1024)).isLessThan(1.15);
    }

    @Test
    void aLargerBudgetIsSlowerAndServesFewer() {
        for (var tokens : PaperSetting.LENGTHS) {
            for (int i = 1; i < Figure9.BUDGETS.size(); i++) {
                var smaller = row(tokens, Figure9.BUDGETS.get(i - 1));
                var larger = row(tokens, Figure9.BUDGETS.get(i));
                assertThat(larger.time().total()).isGreaterThan(smaller.time().total());
                assertThat(larger.largest().tokensPerSecond())
                        .isLessThan(smaller.largest().tokensPerSecond());
            }
        }
    }

    private static double paperMillis(Row row) {
        var place = row.budget() == null ? Figure9.BUDGETS.size() : Figure9.BUDGETS.indexOf(row.budget());
        return Objects.requireNonNull(Figure9.PAPER_LATENCIES.get(row.tokens())).get(place);
    }

    private double millis(long tokens, @Nullable Integer budget) {
        return row(tokens, budget).time().total() * 1e3;
    }

    private Row row(long tokens, @Nullable Integer budget) {
        return simulation.rows().stream()
                .filter(row -> row.tokens() == tokens && Objects.equals(row.budget(), budget))
                .findFirst()
                .orElseThrow();
    }
}
