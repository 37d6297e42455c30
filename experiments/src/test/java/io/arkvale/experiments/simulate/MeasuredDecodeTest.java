package io.arkvale.experiments.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.arkvale.api.Scope;
import io.arkvale.experiments.simulate.cost.PolicyCost;
import io.arkvale.experiments.simulate.description.Descriptions;
import io.arkvale.experiments.simulate.description.LanguageModel;
import io.arkvale.experiments.simulate.description.Software;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A decode of one layer by this project's CUDA backend beside the device times in {@code benchmarks/results/h100}: heads
 * of 128, 16 bits, budget 2048 of which 32 pages are attended.
 */
class MeasuredDecodeTest {
    @ParameterizedTest
    @CsvSource({
        "32,  8, 1,  32768, 0,  35.3",
        "32,  8, 8,  32768, 0,  53.4",
        "32,  8, 4,   8192, 0,  36.9",
        "32,  8, 4,   8192, 1,  44.2",
        "32,  8, 8, 131072, 0,  95.1",
        "32,  8, 4,  32768, 0,  41.4",
        "32,  8, 4,  32768, 1,  49.8",
        "32,  8, 4, 131072, 0,  65.5",
        "32,  8, 4, 131072, 1,  73.9",
        "32, 32, 4,  32768, 0,  74.9",
        "32, 32, 4,  32768, 1,  98.8",
        "32, 32, 4, 131072, 0, 149.2",
        "32, 32, 4, 131072, 1, 173.1",
    })
    void isWithin20Percent(int queryHeads, int kvHeads, int batch, long tokens, double recalls, double micros) {
        var heads = new LanguageModel("heads", 1, queryHeads, kvHeads, 128, 1, 1, 1, 1, 2, Map.of());
        var setting = new CacheSetting(2048, 32, 2, 2, 0, Scope.ATTENDED, recalls, false);
        var time = new CostModel(Descriptions.gpu("H100"), heads, 1, Software.GRAPH)
                .step(PolicyCost.ARKVALE, setting, batch, tokens);
        assertThat((time.total() - time.other()) * 1e6).isCloseTo(micros, withPercentage(20));
    }
}
