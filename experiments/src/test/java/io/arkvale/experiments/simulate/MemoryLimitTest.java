package io.arkvale.experiments.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.simulate.cost.PolicyCost;
import io.arkvale.experiments.simulate.description.Descriptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MemoryLimitTest {
    private static final double GIB = 1L << 30;
    private static final CacheSetting SETTING = PaperSetting.of(1024, 0.5);

    private final CostModel costs = new CostModel(Descriptions.gpu("A100-80G-PCIe"), Descriptions.model("LongChat-7B"));

    @ParameterizedTest
    @EnumSource(PolicyCost.class)
    void oneMoreSequenceWouldNotFit(PolicyCost policy) {
        var batch = new MemoryLimit(40, 512, BatchSizes.ANY).largestBatch(costs, policy, SETTING, 20_000);
        assertThat(costs.memory(policy, SETTING, batch, 20_512).cache()).isLessThanOrEqualTo(40 * GIB);
        assertThat(costs.memory(policy, SETTING, batch + 1, 20_512).cache()).isGreaterThan(40 * GIB);
    }

    @Test
    void fullAttentionHasRoomForTheBatchesOfThePapersFigure() {
        // 512 KB a token: 81,920 tokens in 40 GiB, at 10,512, 20,512 and 30,512 a sequence.
        var any = new MemoryLimit(40, 512, BatchSizes.ANY);
        assertThat(PaperSetting.LENGTHS.stream()
                        .map(tokens -> any.largestBatch(costs, PolicyCost.FULL, SETTING, tokens)))
                .containsExactly(7, 3, 2);
        assertThat(PaperSetting.LENGTHS.stream()
                        .map(tokens -> MemoryLimit.PAPER.largestBatch(costs, PolicyCost.FULL, SETTING, tokens)))
                .containsExactly(4, 2, 2);
    }

    @Test
    void weightsLeaveTheRestOfTheDevice() {
        // 80 GiB less 12.55 of weights are 138,141 tokens.
        assertThat(new MemoryLimit(1000, 0, BatchSizes.ANY).largestBatch(costs, PolicyCost.FULL, SETTING, 1000))
                .isEqualTo(138);
    }

    @Test
    void nothingFitsWhereTheModelDoesNot() {
        var costs70 = new CostModel(Descriptions.gpu("RTX-4090"), Descriptions.model("Llama-3-70B"));
        assertThat(MemoryLimit.PAPER.largestBatch(costs70, PolicyCost.ARKVALE, SETTING, 10_000))
                .isZero();
        var rows = PaperSetting.figure(costs70).rows();
        assertThat(rows)
                .allSatisfy(row -> assertThat(row.largest().tokensPerSecond()).isNull());
    }

    @Test
    void wrongLimitsAreRefused() {
        assertThatThrownBy(() -> new MemoryLimit(0, 512, BatchSizes.ANY))
                .isInstanceOf(UserException.class)
                .hasMessage("cache memory is 0.0 GiB; allowed: above 0");
        assertThatThrownBy(() -> new MemoryLimit(40, -1, BatchSizes.ANY))
                .isInstanceOf(UserException.class)
                .hasMessage("generated tokens is -1; allowed: at least 0");
    }
}
