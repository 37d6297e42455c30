package io.arkvale.experiments.policy.page.described;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.api.Digest;
import io.arkvale.api.ElementType;
import io.arkvale.experiments.UserException;
import io.arkvale.experiments.policy.page.Digests;
import io.arkvale.experiments.policy.page.PageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Digests by description: what they take, what they look at, and what stays a bound. */
class DescribedDigestTest {
    private static final int HEAD_DIM = 64;
    private static final int TOKENS = 32;

    @ParameterizedTest
    @CsvSource({
        "cuboid-max, 32",
        "disc-max, 24",
        "disc-max*0.75/8@3+2, 41.75",
        "disc-max*0.75/8@3+2:scales=prompt, 32",
        "disc-max*0.75/8@3+2:scales=clamped, 32",
        "disc-max*0.75/8@3+2:scales=frames, 32.25",
        "disc-max*0.75/8@2:scales=offsets, 32.375",
        "centroid/8@4:scales=frames, 32.125",
    })
    void itSaysWhatAPageTakes(String name, double bitsPerChannel) {
        var digest = Digests.named(name.replaceFirst("^cuboid-max$", "cuboid-max:scales=page"));
        assertThat(8.0 * digest.create(HEAD_DIM).pageBytes() / HEAD_DIM).isEqualTo(bitsPerChannel);
    }

    @Test
    void aPagesOwnScalesTakeWhatTheInterfaceSays() {
        var description = Digest.parse("cuboid-max*0.75/4@3+2");
        assertThat(new DescribedKind(description, Scales.PAGE).create(HEAD_DIM).pageBytes())
                .isEqualTo(description.form().bytes(HEAD_DIM, ElementType.F16));
    }

    /** Whole numbers of short keys are the keys' own, so that scores can be worked out by hand. */
    @Test
    void aPageScoresAsItsBestPart() {
        var keys = new float[][] {{4, 0}, {0, 4}, {3, 3}, {3, 3}};
        var query = new float[] {1, 1};
        // Disc around (2, 2) of radius 2.83, in bfloat16 2.84375, or a quarter of that; the other part is 6.
        assertThat(score("disc-max/2", keys, query)).isCloseTo((float) (4 + Math.sqrt(2) * 2.84375), within(1e-5f));
        assertThat(score("disc-max*0.25/2", keys, query)).isEqualTo(6);
        assertThat(score("cuboid-max/2", keys, query)).isEqualTo(8);
        assertThat(score("cuboid-max*0.75/2", keys, query)).isEqualTo(7);
        assertThat(score("centroid/2", keys, query)).isEqualTo(6);
        assertThat(score("sphere-mean/2", keys, query)).isCloseTo(8, within(1e-5f));
    }

    private static float score(String description, float[][] keys, float[] query) {
        var digest = new DescribedKind(Digest.parse(description), Scales.PAGE).create(query.length);
        digest.add(keys);
        return (float) digest.score(query, 0);
    }

    /** A page is summarised when it fills: nothing that follows changes it, and the same keys give the same bits. */
    @ParameterizedTest
    @EnumSource(Scales.class)
    void onlyScalesOfThePromptLookAtLaterPages(Scales scales) {
        var beginning = pages(1, 9, 1);
        var one = scores(scales, beginning, pages(2, 4, 1));
        var other = scores(scales, beginning, pages(3, 4, 100));
        if (scales == Scales.PROMPT) {
            assertThat(one).isNotEqualTo(other);
        } else {
            assertThat(one).isEqualTo(other);
        }
    }

    private static List<Double> scores(Scales scales, List<float[][]> beginning, List<float[][]> end) {
        var digest = new DescribedKind(Digest.parse("disc-max*0.75/4@3+2"), scales).create(HEAD_DIM);
        beginning.forEach(digest::add);
        end.forEach(digest::add);
        var query = pages(7, 1, 1).getFirst()[0];
        return IntStream.range(0, beginning.size())
                .mapToObj(page -> digest.score(query, page))
                .toList();
    }

    /** Text that changes its character: keys grow a hundredfold, and a bound is still one where pages widen the steps. */
    @ParameterizedTest
    @EnumSource(Scales.class)
    void boundsHoldWhenKeysGrow(Scales scales) {
        var all = new ArrayList<>(pages(1, 9, 1));
        all.addAll(pages(2, 9, 100));
        var broken = IntStream.range(0, 4)
                .filter(query -> !isBound("cuboid-max/4@4", scales, all, query)
                        || !isBound("disc-max/4@4+3", scales, all, query))
                .count();
        if (scales == Scales.PROMPT || scales == Scales.CLAMPED) {
            assertThat(broken).isPositive();
        } else {
            assertThat(broken).isZero();
        }
    }

    private static boolean isBound(String description, Scales scales, List<float[][]> pages, int seed) {
        var digest = new DescribedKind(Digest.parse(description), scales).create(HEAD_DIM);
        pages.forEach(digest::add);
        var query = pages(100 + seed, 1, 1).getFirst()[0];
        var ofPage = digest.scores(query);
        return IntStream.range(0, pages.size())
                .allMatch(page -> Arrays.stream(pages.get(page))
                        .allMatch(key -> ofPage.of(page) >= dot(query, key) - 1e-3 * Math.abs(dot(query, key)) - 1e-3));
    }

    private static double dot(float[] query, float[] key) {
        return IntStream.range(0, key.length)
                .mapToDouble(i -> (double) query[i] * key[i])
                .sum();
    }

    @Test
    void theStandardDeviationCountsAsOftenAsItIsAsked() {
        var keys = new float[][] {{1, 0}, {3, 0}};
        PageDigest digest = Digests.named("mean-2std").create(2);
        digest.add(keys);
        // The mean is 2, the deviation 1.
        assertThat(digest.score(new float[] {-1, 5}, 0)).isEqualTo(-2 + 2 * 1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            disc-max/8@3+3             | digest 'disc-max/8@3+3' is written disc-max/8@3
            centroid/2:bits=5          | goes on with ':bits=5'; allowed: :scales=
            centroid/2@4:scales=frame  | scales is 'frame'; allowed: [page, prompt, clamped, frames, offsets]; did you mean
            disk-max                   | unknown digest 'disk-max'
            """)
    void aWrongNameGetsOneSentence(String name, String sentence) {
        assertThatThrownBy(() -> Digests.named(name))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(sentence);
    }

    private static List<float[][]> pages(int seed, int count, float scale) {
        var random = new SplittableRandom(seed);
        var pages = new ArrayList<float[][]>();
        for (int page = 0; page < count; page++) {
            var keys = new float[TOKENS][HEAD_DIM];
            for (var key : keys) {
                for (int i = 0; i < HEAD_DIM; i++) {
                    key[i] = (float) random.nextGaussian() * scale;
                }
            }
            pages.add(keys);
        }
        return pages;
    }
}
