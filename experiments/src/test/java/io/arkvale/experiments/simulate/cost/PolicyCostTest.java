package io.arkvale.experiments.simulate.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.policy.Policies;
import io.arkvale.experiments.simulate.CacheSetting;
import io.arkvale.experiments.simulate.CostModel;
import io.arkvale.experiments.simulate.PaperSetting;
import io.arkvale.experiments.simulate.description.Descriptions;
import io.arkvale.experiments.simulate.description.LanguageModel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What policies read and keep, by hand: Llama-3-8B, a token's keys are 2,048 bytes in a layer, budget 1,024 of 4,096 tokens. */
class PolicyCostTest {
    private static final LanguageModel MODEL = Descriptions.model("Llama-3-8B");
    private static final CacheSetting SETTING = PaperSetting.of(1024, 2);

    private static LayerCost cost(PolicyCost policy) {
        return policy.layer(MODEL, SETTING, 4096);
    }

    @ParameterizedTest
    @EnumSource(PolicyCost.class)
    void isNamedAsInTheLaboratory(PolicyCost policy) {
        assertThat(Policies.named(policy.label()).info().shortName()).isEqualTo(policy.label());
        assertThat(PolicyCost.named(policy.label())).isSameAs(policy);
    }

    @Test
    void unknownNameListsTheNames() {
        assertThatThrownBy(() -> PolicyCost.named("h3o"))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("there is no cost of policy 'h3o'; policies: full, arkvale, ");
    }

    @Test
    void fullReadsEverything() {
        assertThat(cost(PolicyCost.FULL).attention()).isEqualTo(KernelWork.of(4096 * 4096, 4096.0 * 4 * 32 * 128, 2));
    }

    @Test
    void questReadsBoxesOfPagesOf16AndPagesForEveryQueryHead() {
        assertThat(cost(PolicyCost.QUEST).estimate().bytes()).isEqualTo(256 * 2 * 2048);
        assertThat(cost(PolicyCost.QUEST).attention().bytes()).isEqualTo(4 * 1024 * 4096);
        assertThat(cost(PolicyCost.QUEST).held()).isEqualTo(4096 * 4096);
    }

    @Test
    void sparQReadsAQuarterOfTheKeysAndKeepsThemTwice() {
        assertThat(cost(PolicyCost.SPARQ).estimate().bytes()).isEqualTo(4096 * 512);
        assertThat(cost(PolicyCost.SPARQ).held()).isEqualTo(4096 * (4096 + 2048));
    }

    @Test
    void infLlmReadsFourKeysABlock() {
        assertThat(cost(PolicyCost.INFLLM).estimate().bytes()).isEqualTo(32 * 4 * 2048);
        assertThat(cost(PolicyCost.INFLLM).recall().bytes()).isEqualTo(2 * 32 * 4096);
    }

    @Test
    void streamingLlmRotatesItsKeys() {
        assertThat(cost(PolicyCost.STREAMING_LLM).attention().bytes()).isEqualTo(1024 * (4096 + 2 * 2048));
    }

    @Test
    void h2oAndTovaMoveProbabilities() {
        assertThat(cost(PolicyCost.TOVA).attention().bytes()).isEqualTo(1024 * (4096 + 4 * 64));
        assertThat(cost(PolicyCost.TOVA).estimate().bytes()).isEqualTo(1024 * 64);
        assertThat(cost(PolicyCost.H2O).estimate().bytes()).isEqualTo(1024 * (64 + 2 * 8 * 4));
        assertThat(cost(PolicyCost.H2O).summaries()).isEqualTo(1024 * 8 * 4);
    }

    @Test
    void snapKvReadsItsBudgetOnly() {
        assertThat(cost(PolicyCost.SNAPKV)).isEqualTo(PolicyCost.FULL.layer(MODEL, SETTING, 1024));
    }

    @Test
    void whatIsChosenAtPrefillCostsTheBudget() {
        for (var policy : List.of(PolicyCost.EXPECTED_ATTENTION, PolicyCost.KVZIP)) {
            assertThat(cost(policy)).isEqualTo(cost(PolicyCost.SNAPKV));
        }
        assertThat(cost(PolicyCost.DUO_ATTENTION).attention())
                .isEqualTo(KernelWork.of(1024 * 4096, 1024.0 * 4 * 32 * 128, 4));
    }

    @Test
    void keyDiffReadsAllKeptKeys() {
        assertThat(cost(PolicyCost.KEYDIFF).estimate()).isEqualTo(KernelWork.of(1024 * 2048, 1024.0 * 4 * 8 * 128, 2));
        assertThat(cost(PolicyCost.KEYDIFF).summaries()).isEqualTo(8 * 128 * 4);
    }

    /** A compression of 4: 4096 / 4^0.32 = 2628 tokens are kept, 2.566 times the budget, in 1314 runs of 2, 99 elements each. */
    @Test
    void rocketKvHoldsMoreThanItAttendsTo() {
        assertThat(cost(PolicyCost.ROCKETKV).held()).isEqualTo(2628 * 4096);
        assertThat(cost(PolicyCost.ROCKETKV).estimate().bytes()).isEqualTo(1314 * 99 * 8 * 2);
        assertThat(cost(PolicyCost.ROCKETKV).summaries()).isEqualTo(1314 * 2 * 2048);
        assertThat(cost(PolicyCost.ROCKETKV).attention().bytes()).isEqualTo(512 * 4096);
    }

    /** Rank 160 of 1024; 20 outlier chunks and 4 last ones of 8 leave 832 tokens to choose, whose rows each head reads. */
    @Test
    void shadowKvRebuildsKeysAndFetchesValues() {
        var factor = 160 * 1024 * 2;
        assertThat(cost(PolicyCost.SHADOWKV).estimate().bytes()).isEqualTo(512 * 2048 + 8 * 832 * 160 * 2 + factor);
        assertThat(cost(PolicyCost.SHADOWKV).recall().bytes()).isEqualTo(2 * 32 * 2048);
        assertThat(cost(PolicyCost.SHADOWKV).summaries()).isEqualTo(4096 * 160 * 2 + factor + 512 * 2048);
        assertThat(cost(PolicyCost.SHADOWKV).backups()).isEqualTo(4096 * 2048);
    }

    @Test
    void everyPolicyIsFasterThanFullAttentionAtLengthsThatCount() {
        var costs = new CostModel(Descriptions.gpu("A100-80G-PCIe"), Descriptions.model("LongChat-7B"));
        var rows = PaperSetting.simulate(costs, List.of(PolicyCost.values()), List.of(30_000L), List.of(1024))
                .rows();
        assertThat(rows).hasSize(PolicyCost.values().length);
        assertThat(rows.getFirst().speedup()).isCloseTo(1, offset(1e-12));
        assertThat(rows.subList(1, rows.size()))
                .allSatisfy(row ->
                        assertThat(row.speedup()).as(row.policy().label()).isGreaterThan(1.2));
    }
}
