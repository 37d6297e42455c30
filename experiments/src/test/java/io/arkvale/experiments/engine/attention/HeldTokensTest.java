package io.arkvale.experiments.engine.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.kernels.DenseKernels;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class HeldTokensTest {
    private static final int HEAD_DIM = 20;

    @Test
    void anEvictedTokenIsGone() {
        var held = new HeldTokens(DenseKernels.vector().matrix(), HEAD_DIM, 2);
        held.add(0, new float[HEAD_DIM], 0, new float[HEAD_DIM], 0);
        held.add(7, new float[HEAD_DIM], 0, new float[HEAD_DIM], 0);
        held.evict(0);
        assertThat(held.holds(0)).isFalse();
        assertThat(held.token(0)).isEqualTo(7);
        assertThatThrownBy(() -> held.evict(0)).hasMessage("token 0 is not held");
        assertThatThrownBy(() -> held.token(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> held.add(7, new float[HEAD_DIM], 0, new float[HEAD_DIM], 0))
                .hasMessage("token 7 is held already");
    }

    @Property(tries = 30)
    void scoresAndSumsAreThoseOfTheTokensHeld(@ForAll long seed) {
        var random = new Random(seed);
        var kernels = DenseKernels.vector().matrix();
        var held = new HeldTokens(kernels, HEAD_DIM, 1);
        var keys = new float[200][];
        var values = new float[200][];
        int left = 0;
        for (int token = 0; token < 200; token++) {
            keys[token] = vector(random);
            values[token] = vector(random);
            held.add(token, keys[token], 0, values[token], 0);
            left++;
            if (random.nextInt(3) > 0) {
                held.evict(held.token(random.nextInt(held.size())));
                left--;
            }
        }
        assertThat(held.size()).isEqualTo(left);
        var queries = vector(random);
        var stride = held.capacity();
        var scores = new float[stride];
        held.scores(kernels, 1, queries, scores, 0, stride);
        var sum = new float[held.valueStride()];
        held.weighted(kernels, 1, scores, 0, stride, sum);
        var expected = new double[HEAD_DIM];
        for (int slot = 0; slot < held.size(); slot++) {
            var token = held.token(slot);
            assertThat(held.holds(token)).isTrue();
            var score = dot(queries, keys[token]);
            assertThat((double) scores[slot]).isCloseTo(score, within(1e-4));
            for (int i = 0; i < HEAD_DIM; i++) {
                expected[i] += score * values[token][i];
            }
        }
        for (int i = 0; i < HEAD_DIM; i++) {
            assertThat((double) sum[i]).isCloseTo(expected[i], within(1e-2));
        }
    }

    private static float[] vector(Random random) {
        var vector = new float[HEAD_DIM];
        for (int i = 0; i < HEAD_DIM; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    private static double dot(float[] a, float[] b) {
        var sum = 0.0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
