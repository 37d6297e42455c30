package io.arkvale.experiments.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.arkvale.experiments.simulate.description.Descriptions;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** Constants that steps were made with are found again. */
class CalibrationTest {
    private static final double FRACTION = 0.8;
    private static final double LAUNCH_COST = 1.5;

    @Test
    void theConstantsBehindTheStepsAreFound() {
        var gpu = Descriptions.gpu("H100");
        var model = Descriptions.model("LongChat-7B");
        var steps = new ArrayList<MeasuredStep>();
        for (int batch : new int[] {1, 4}) {
            for (int budget : new int[] {0, 512, 4096}) {
                var step = new MeasuredStep(model, batch, 30_000, budget, 2, 32, 1, 1);
                double seconds = step.simulated(gpu.withMemoryFraction(FRACTION), LAUNCH_COST);
                steps.add(new MeasuredStep(model, batch, 30_000, budget, 2, 32, 1, seconds));
            }
        }
        var calibration = Calibration.of(gpu, steps);
        assertThat(calibration.memoryFraction()).isCloseTo(FRACTION, offset(1e-9));
        assertThat(calibration.launchCost()).isCloseTo(LAUNCH_COST, offset(1e-9));
        assertThat(calibration.fitted().most()).isLessThan(1e-9);
        assertThat(calibration.described().mean()).isGreaterThan(0.1);
    }
}
