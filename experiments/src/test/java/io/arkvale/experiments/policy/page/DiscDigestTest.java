package io.arkvale.experiments.policy.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scores of discs are sums of four chains, to the bit, whatever vectors the machine has. */
class DiscDigestTest {
    private static final int PAGES = 3;
    private static final int TOKENS = 4;
    private static final float EXTENT = 0.5f;

    @ParameterizedTest
    @ValueSource(ints = {2, 6, 8, 14, 64})
    void aScoreIsTheBestOfItsPartsSums(int headDim) {
        var random = new SplittableRandom(headDim);
        var digest = DiscDigest.of(headDim, TOKENS, Float.SIZE, EXTENT);
        var keys = new float[PAGES][TOKENS][];
        for (var page : keys) {
            for (int token = 0; token < TOKENS; token++) {
                page[token] = vector(random, headDim);
            }
            digest.add(page);
        }
        var query = vector(random, headDim);
        var scores = digest.scores(query);
        for (int page = 0; page < PAGES; page++) {
            // A part of one token is its key, and its radii are 0.
            var best = Float.NEGATIVE_INFINITY;
            for (var key : keys[page]) {
                best = Math.max(best, fourChains(query, key));
            }
            assertThat(scores.of(page)).isEqualTo(best).isEqualTo(digest.score(query, page));
        }
    }

    /** Two keys that differ in one pair alone: half of the radius stretches the query's length in it. */
    @ParameterizedTest
    @ValueSource(ints = {2, 6, 64})
    void theRadiusCountsByTheQuerysLengthInItsPair(int headDim) {
        var digest = DiscDigest.of(headDim, 1, Float.SIZE, EXTENT);
        var right = new float[headDim];
        var left = new float[headDim];
        right[0] = 2;
        left[0] = -2;
        digest.add(new float[][] {right, left});
        var query = new float[headDim];
        query[0] = 3;
        query[headDim / 2] = 4;
        assertThat(digest.scores(query).of(0)).isEqualTo(EXTENT * 2 * 5);
    }

    private static float[] vector(SplittableRandom random, int length) {
        var vector = new float[length];
        for (int i = 0; i < length; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    private static float fourChains(float[] a, float[] b) {
        var chains = new float[4];
        for (int i = 0; i < a.length; i++) {
            var chain = i < a.length / 4 * 4 ? i % 4 : 0;
            chains[chain] = Math.fma(a[i], b[i], chains[chain]);
        }
        return chains[0] + chains[1] + (chains[2] + chains[3]);
    }
}
