package io.arkvale.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.kernels.DenseKernels;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Rotations against what HuggingFace's LlamaRotaryEmbedding computes in float32. */
class RopeTest {

    private static final int[] PAIRS = {0, 1, 2, 5, 9, 16, 31};

    private static Rope rope(double theta, RopeScaling scaling) {
        var config = new LlamaConfig(256, 768, 6, 4, 2, 64, 256, 131_072, 1e-5f, theta, scaling, true);
        return new Rope(DenseKernels.vector().rows(), config);
    }

    @Test
    void farPositionsRoundAsInHuggingFace() {
        assertTurns(
                rope(1e6, new RopeScaling.None()),
                30_001,
                0.35316741466522217,
                -0.46990662813186646,
                -0.9923506379127502,
                -0.7550755143165588,
                0.9473617076873779,
                0.1552407443523407,
                0.9989330172538757);
    }

    @Test
    void llamaThreesScalingIsHuggingFaces() {
        assertTurns(
                rope(500_000, new RopeScaling.Llama3(8, 1, 4, 8192)),
                30_001,
                0.35316741466522217,
                -0.9095792174339294,
                -0.5041967034339905,
                -0.9645332098007202,
                0.5502411723136902,
                -0.9992802739143372,
                0.9999361038208008);
    }

    private static void assertTurns(Rope rope, int position, double... cosines) {
        var unit = new float[64];
        for (int pair = 0; pair < 32; pair++) {
            unit[pair] = 1;
        }
        rope.rotate(unit, 0, position);
        for (int i = 0; i < PAIRS.length; i++) {
            assertThat((double) unit[PAIRS[i]]).as("pair %d", PAIRS[i]).isCloseTo(cosines[i], within(2e-7));
        }
    }

    @Test
    void turningBackGivesTheVector() {
        var rope = rope(1e6, new RopeScaling.None());
        var random = new Random(1);
        var vector = new float[70];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        var turned = vector.clone();
        rope.rotate(turned, 3, 12_345);
        assertThat(turned).isNotEqualTo(vector);
        rope.unrotate(turned, 3, 12_345);
        for (int i = 0; i < vector.length; i++) {
            assertThat(turned[i]).isCloseTo(vector[i], within(1e-6f));
        }
    }
}
