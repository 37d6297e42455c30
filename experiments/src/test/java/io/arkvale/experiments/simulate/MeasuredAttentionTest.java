package io.arkvale.experiments.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.arkvale.experiments.simulate.description.Descriptions;
import io.arkvale.experiments.simulate.description.LanguageModel;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Full attention of one layer on the H100 beside times measured on two of them: heads of 128, 16 bits, the better of PyTorch's cuDNN and flash attention. */
class MeasuredAttentionTest {
    @ParameterizedTest
    @CsvSource({
        "32,  8, 1,  32768, 0.069, 0.081",
        "32,  8, 8,  32768, 0.372, 0.389",
        "32,  8, 4,   8192, 0.070, 0.079",
        "32,  8, 8, 131072, 1.406, 1.451",
        "32, 32, 4,  32768, 0.705, 0.705",
        "32, 32, 4, 131072, 2.771, 2.771",
    })
    void isWithin20PercentOfEveryMeasurement(
            int queryHeads, int kvHeads, int batch, long tokens, double fastest, double slowest) {
        var heads = new LanguageModel("heads", 1, queryHeads, kvHeads, 128, 1, 1, 1, 1, 2, Map.of());
        var millis = new CostModel(Descriptions.gpu("H100"), heads).attention(batch, tokens) * 1e3;
        assertThat(millis).isCloseTo(fastest, withPercentage(20)).isCloseTo(slowest, withPercentage(20));
    }
}
