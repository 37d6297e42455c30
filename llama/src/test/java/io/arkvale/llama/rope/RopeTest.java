package io.arkvale.llama.rope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.kernels.DenseKernels;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rotations against what HuggingFace's LlamaRotaryEmbedding computes in float32. */
class RopeTest {

    private static final int[] PAIRS = {0, 1, 2, 5, 9, 16, 31};

    private static Rope rope(double theta, RopeScaling scaling) {
        return Rope.of(DenseKernels.vector().rows(), new RopeSettings(64, theta, scaling), 0);
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

    static Stream<Rope> ropes() {
        return Stream.of(
                rope(1e6, new RopeScaling.None()),
                rope(1e4, new RopeScaling.Yarn(4, 1.4, 32, 1, 64, true)),
                rope(
                        1e4,
                        new RopeScaling.LongRope(
                                Collections.nCopies(32, 1.5f), Collections.nCopies(32, 3f), 0.7, 4096)));
    }

    @ParameterizedTest
    @MethodSource("ropes")
    void turningBackGivesTheVector(Rope rope) {
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

    @Test
    void longTextsAreTurnedByOtherFactors() {
        var scaling = new RopeScaling.LongRope(List.of(1f, 2f), List.of(4f, 8f), 1, 100);
        var ropes = new ModelRopes(DenseKernels.scalar().rows(), List.of(new RopeSettings(4, 1, scaling)));
        assertThat(ropes.crossing()).isEqualTo(100);
        assertThat(ropes.at(0, 100).frequencies()).containsExactly(1f, 0.5f);
        assertThat(ropes.at(0, 101).frequencies()).containsExactly(0.25f, 0.125f);
        assertThatThrownBy(() -> ropes.common().rotate(new float[4], 0, 1))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("differently in long texts");
    }

    @Test
    void aLayerWithoutPositionsIsLeftAsItIs() {
        var turning = new RopeSettings(2, 10, new RopeScaling.None());
        var ropes = new ModelRopes(DenseKernels.vector().rows(), List.of(turning, RopeSettings.NONE));
        float[] head = {1, 2, 3, 4};
        ropes.at(1, 50).rotate(head, 0, 1, 4, 49);
        assertThat(head).containsExactly(1, 2, 3, 4);
        ropes.at(0, 50).rotate(head, 0, 1, 4, 49);
        assertThat(head).endsWith(3, 4).doesNotContain(1f, 2f);
        assertThatThrownBy(() -> ropes.common().frequencies())
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("in different ways");
    }
}
