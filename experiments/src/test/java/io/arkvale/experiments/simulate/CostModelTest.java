package io.arkvale.experiments.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import io.arkvale.api.Scope;
import io.arkvale.experiments.UserException;
import io.arkvale.experiments.simulate.cost.PolicyCost;
import io.arkvale.experiments.simulate.description.Gpu;
import io.arkvale.experiments.simulate.description.LanguageModel;
import io.arkvale.experiments.simulate.description.Software;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The formulas by hand, on a GPU of round numbers: 1 byte takes 1 ns, from the host 10 ns, from a peer 5 ns, an operation 1 ms. */
class CostModelTest {
    private static final Gpu GPU = new Gpu("round", 2, 0.5, 1e6, 1, 0.2, 0.5, 0.4, 0.5, 1000, 100, 1, Map.of());

    /** A token's keys have 2 · 4 · 2 = 16 bytes; 1,120 weights, of which 400 in the head. */
    private static final LanguageModel MODEL = new LanguageModel("small", 3, 4, 2, 4, 4, 12, 100, 1520, 2, Map.of());

    /** Budget of 8 pages of 4 tokens, 3 layers of which 1 is dense, half a page recalled. */
    private static final CacheSetting SETTING = new CacheSetting(32, 4, 1, 1, 1, Scope.RESIDENT, 0.5, false);

    private static final double NANO = 1e-9;
    private static final double MILLI = 1e-3;

    private final CostModel costs = new CostModel(GPU, MODEL);

    @Test
    void weightsAreReadOnceForTheBatch() {
        // A layer: 4·4·(4 + 2)·2 = 192 of attention, 3·4·12 = 144; three of them and the head of 400: 1,408 weights.
        assertThat(costs.step(PolicyCost.FULL, SETTING, 7, 1).other())
                .isCloseTo(1408 * 2 * NANO + (3 * 15 + 3) * MILLI, offset(1e-15));
    }

    @Test
    void arithmeticCountsWhereItTakesLonger() {
        var slow = new Gpu("slow", 2, 0.5, 1e-6, 0.5, 1, 1, 1, 1, 1000, 100, 1, Map.of());
        // Two operations a weight and sequence, at 0.5 million a second.
        assertThat(new CostModel(slow, MODEL)
                        .step(PolicyCost.FULL, SETTING, 7, 1)
                        .other())
                .isCloseTo(1408 * 2 * 7 / 0.5e6 + (3 * 15 + 3) * MILLI, offset(1e-12));
    }

    @Test
    void arkValeTakesItsFiveSteps() {
        var time = costs.step(PolicyCost.ARKVALE, SETTING, 2, 101);
        // 25 filled pages of 2 vectors of 16 bytes, 2 sequences, 2 limited layers.
        assertThat(time.estimate()).isCloseTo(25 * 2 * 16 * 2 * 2 * NANO + 2 * 2 * MILLI, offset(1e-15));
        assertThat(time.select()).isCloseTo(2 * MILLI, offset(1e-15));
        // Half a page of 4 tokens of 32 bytes at 10 ns a byte; two looks and half a copy a sequence.
        assertThat(time.recall()).isCloseTo(2 * 2 * (64 * 10 * NANO + 2.5 * MILLI), offset(1e-15));
        // 101 tokens in the dense layer, 32 in each of the others.
        assertThat(time.attention()).isCloseTo(2 * (101 + 2 * 32) * 32 * NANO + 3 * 2 * MILLI, offset(1e-15));
        // In one of 4 steps a page is filled: 11 operations and one per sequence in each limited layer.
        var full = costs.step(PolicyCost.FULL, SETTING, 2, 101);
        assertThat(time.other() - full.other()).isCloseTo(2 * (11 + 2) / 4.0 * MILLI, offset(1e-12));
    }

    @Test
    void scopeAttendedReadsTheChosenPagesOnly() {
        var attended = new CacheSetting(32, 4, 1, 1, 1, Scope.ATTENDED, 0.5, false);
        var fewer = costs.step(PolicyCost.ARKVALE, SETTING, 1, 101).attention()
                - costs.step(PolicyCost.ARKVALE, attended, 1, 101).attention();
        assertThat(fewer).isCloseTo(2 * 16 * 32 * NANO, offset(1e-15));
    }

    @Test
    void overlapHidesTheTransferButNotTheHostsLooks() {
        var overlapping = new CacheSetting(32, 4, 1, 1, 1, Scope.RESIDENT, 0.5, true);
        assertThat(costs.step(PolicyCost.ARKVALE, overlapping, 2, 101).recall())
                .isCloseTo(2 * 2 * 2.5 * MILLI, offset(1e-15));
        // On a link that takes longer than the rest of the step only the difference remains.
        var slow = new Gpu("slow link", 2, 0.5, 1e6, 1, 1e-6, 1, 1, 1, 1000, 100, 1, Map.of());
        var time = new CostModel(slow, MODEL).step(PolicyCost.ARKVALE, overlapping, 2, 101);
        var rest = time.total() - time.recall();
        assertThat(time.recall()).isCloseTo(2 * 2 * (64 / 1e3 + 2.5 * MILLI) - rest, offset(1e-9));
    }

    @Test
    void aCapturedStepNeedsNoHostToMovePages() {
        var time = new CostModel(GPU, MODEL, 1, Software.GRAPH).step(PolicyCost.ARKVALE, SETTING, 2, 101);
        assertThat(time.select()).isCloseTo(2 * MILLI / 10, offset(1e-15));
        assertThat(time.recall()).isCloseTo(2 * 2 * 64 * 10 * NANO, offset(1e-15));
        assertThat(time.other()).isCloseTo(1408 * 2 * NANO + 48 * MILLI / 10, offset(1e-15));
    }

    @Test
    void twoGpusShareBytesAndExchangeSums() {
        var one = costs.step(PolicyCost.FULL, SETTING, 2, 101);
        var two = new CostModel(GPU, MODEL, 2, Software.PYTORCH).step(PolicyCost.FULL, SETTING, 2, 101);
        assertThat(two.attention() - 6 * MILLI).isCloseTo((one.attention() - 6 * MILLI) / 2, offset(1e-15));
        // Six all-reduces of 2 · 4 elements: each sends and receives 2 · 1/2 of 16 bytes, at 5 ns a byte.
        assertThat(two.other()).isCloseTo(1408 * NANO + 48 * MILLI + 6 * (16 * 5 * NANO + MILLI), offset(1e-15));
        assertThatThrownBy(() -> new CostModel(GPU, MODEL, 4, Software.PYTORCH))
                .isInstanceOf(UserException.class)
                .hasMessage("tensor-parallel degree is 4; allowed: a divisor of the KV heads of small, 2");
    }

    @Test
    void memoryIsWhatAPrefillOfTheLastLayerNeeds() {
        var memory = costs.memory(PolicyCost.ARKVALE, SETTING, 3, 100);
        assertThat(memory.weights()).isEqualTo(1520 * 2);
        // The dense layer and the one in prefill hold 100 tokens, the other 8 pages and a spare one.
        assertThat(memory.keysAndValues()).isEqualTo(3 * (100 + 100 + 36) * 32);
        assertThat(memory.summaries()).isEqualTo(3 * 2 * 25 * 2 * 16);
        assertThat(memory.backups()).isEqualTo(3 * 2 * 100 * 32);
        assertThat(costs.memory(PolicyCost.FULL, SETTING, 3, 100).keysAndValues())
                .isEqualTo(3 * 3 * 100 * 32);
    }

    @ParameterizedTest
    @EnumSource(PolicyCost.class)
    void withinTheBudgetEveryPolicyIsFullAttention(PolicyCost policy) {
        assertThat(costs.step(policy, SETTING, 2, 32)).isEqualTo(costs.step(PolicyCost.FULL, SETTING, 2, 32));
        assertThat(costs.memory(policy, SETTING, 2, 32)).isEqualTo(costs.memory(PolicyCost.FULL, SETTING, 2, 32));
    }

    @Test
    void sizesBelowOneAreRefused() {
        assertThatThrownBy(() -> costs.step(PolicyCost.FULL, SETTING, 0, 5))
                .isInstanceOf(UserException.class)
                .hasMessage("batch is 0 and tokens is 5; allowed: at least 1 of each");
    }
}
