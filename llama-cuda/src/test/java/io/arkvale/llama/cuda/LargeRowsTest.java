package io.arkvale.llama.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.api.Availability.Available;
import io.arkvale.api.ElementType;
import io.arkvale.kernels.row.RowKernels;
import io.arkvale.llama.config.Activation;
import io.arkvale.llama.forward.DenseDevices;
import io.arkvale.llama.forward.DeviceOperations;
import io.arkvale.llama.forward.Rows;
import io.arkvale.llama.weights.Linear;
import io.arkvale.llama.weights.RmsNorm;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * On a GPU: rows of numbers near the largest of their type, times the weights of a norm, are beyond it, and what is normed is
 * not. Few rows, which our own products take, give what many do, which are normed first.
 */
class LargeRowsTest {
    private static final int WIDTH = 256;
    private static final int FEW = 3;
    private static final int MANY = 24;
    private static final float LARGE = 60_000;

    @Test
    void productsOfLargeRowsAreFinite() {
        for (var type : List.of(ElementType.F16, ElementType.BF16)) {
            productsOfLargeRowsAreFinite(type);
        }
    }

    private static void productsOfLargeRowsAreFinite(ElementType type) {
        var provider = new CudaDenseProvider();
        Assumptions.assumeTrue(provider.probe(Map.of()) instanceof Available, "there is no GPU with cuBLAS");
        var weights = new float[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            weights[i] = 2 + i % 3;
        }
        var norm = new RmsNorm(RowKernels.scalar(), weights, 1e-5f);
        try (var device = DenseDevices.open("cuda", type, Map.of());
                var matrices = device.weights();
                var operations = device.operations()) {
            var gate = new Linear(matrices.random(WIDTH, WIDTH, 1), null);
            var up = new Linear(matrices.random(WIDTH, WIDTH, 2), null);
            for (boolean gated : new boolean[] {false, true}) {
                var few = products(operations, norm, List.of(gate, up), FEW, gated);
                var many = products(operations, norm, List.of(gate, up), MANY, gated);
                float largest = 0;
                for (float number : many) {
                    assertThat(number).as("%s of many rows", type).isFinite();
                    largest = Math.max(largest, Math.abs(number));
                }
                for (int i = 0; i < few.length; i++) {
                    assertThat(few[i]).as("%s, number %d", type, i).isCloseTo(many[i], within((float)
                            (8 * type.unitRoundoff() * largest)));
                }
            }
        }
    }

    private static float[] products(
            DeviceOperations operations, RmsNorm norm, List<Linear> layers, int count, boolean gated) {
        var values = new float[count * WIDTH];
        for (int i = 0; i < values.length; i++) {
            values[i] = i * 37 % 11 < 5 ? -LARGE : LARGE;
        }
        var in = operations.allocate(count, WIDTH);
        in.fromHost(values);
        List<Rows> outs = operations.allocateBeside(count, WIDTH, WIDTH);
        var scratch = operations.allocate(count, WIDTH);
        if (gated) {
            operations.multiplyAndActivate(norm, in, layers, outs, Activation.SILU, scratch);
        } else {
            operations.multiplyNormed(norm, in, layers, outs, scratch);
        }
        return outs.get(0).host();
    }
}
