package io.arkvale.core.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class PageRankingTest {
    private record Candidate(int page, float score) {
        /** The rule, said once more in other words. */
        static final Comparator<Candidate> BEST_FIRST = (a, b) -> {
            if (Float.isNaN(a.score) || Float.isNaN(b.score)) {
                int byNaN = Boolean.compare(Float.isNaN(a.score), Float.isNaN(b.score));
                return byNaN != 0 ? byNaN : Integer.compare(a.page, b.page);
            }
            if (a.score != b.score) {
                return a.score > b.score ? -1 : 1;
            }
            return Integer.compare(a.page, b.page);
        };
    }

    @Test
    void ordersSpecialScoresAsTheRuleSays() {
        float[] scores = {
            Float.NaN,
            -0f,
            0f,
            1,
            Float.NEGATIVE_INFINITY,
            Float.POSITIVE_INFINITY,
            -1,
            Float.intBitsToFloat(0xffc00001),
            0f
        };
        var ranking = new PageRanking(4);
        for (int page = 0; page < scores.length; page++) {
            ranking.add(page, scores[page]);
        }
        assertThat(best(ranking, 9)).containsExactly(5, 3, 1, 2, 8, 6, 4, 0, 7);
        assertThat(worst(ranking, 9)).containsExactly(7, 0, 4, 6, 8, 2, 1, 3, 5);
    }

    @Test
    void agreesWithSortingEverything() {
        var random = new SplittableRandom(2);
        for (int round = 0; round < 3_000; round++) {
            int size = random.nextInt(round % 100 == 0 ? 5_000 : 200);
            // Few different scores make many ties.
            int different = 1 + random.nextInt(3 * size + 1);
            agrees(size, random, page -> random.nextInt(different) - different / 2f);
        }
    }

    /** Orders that make quickselect slow must stay right, and end. */
    @Test
    void agreesOnOrderedScores() {
        var random = new SplittableRandom(4);
        List<IntFunction<Float>> shapes = List.of(
                page -> (float) page,
                page -> (float) -page,
                page -> 0f,
                page -> (float) (page % 2 == 0 ? page : -page),
                page -> (float) Math.abs(page - 1_000),
                page -> (float) -Math.abs(page - 1_000));
        for (var shape : shapes) {
            agrees(2_000, random, shape);
        }
    }

    private static void agrees(int size, SplittableRandom random, IntFunction<Float> score) {
        var ranking = new PageRanking(1);
        ranking.add(77, 1e9f);
        ranking.clear();
        var candidates = new ArrayList<Candidate>();
        for (int i = 0; i < size; i++) {
            int page = 3 * (size - i); // neither dense nor ascending
            var candidate = new Candidate(page, score.apply(page));
            candidates.add(candidate);
            ranking.add(candidate.page, candidate.score);
        }
        candidates.sort(Candidate.BEST_FIRST);
        assertThat(ranking.size()).isEqualTo(size);
        int count = random.nextInt(size + 1);
        var expected = candidates.stream().mapToInt(Candidate::page).toArray();
        assertThat(best(ranking, count)).containsExactly(slice(expected, count, false));
        assertThat(worst(ranking, count)).containsExactly(slice(expected, count, true));
    }

    private static int[] slice(int[] ranked, int count, boolean fromTheEnd) {
        var slice = new int[count];
        for (int i = 0; i < count; i++) {
            slice[i] = fromTheEnd ? ranked[ranked.length - 1 - i] : ranked[i];
        }
        return slice;
    }

    private static int[] best(PageRanking ranking, int count) {
        var pages = new int[count];
        ranking.best(count, pages);
        return pages;
    }

    private static int[] worst(PageRanking ranking, int count) {
        var pages = new int[count];
        ranking.worst(count, pages);
        return pages;
    }

    @Test
    void refusesMoreThanThereAre() {
        var ranking = new PageRanking(8);
        ranking.add(0, 1);
        assertThatThrownBy(() -> ranking.best(2, new int[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("count is 2 but must be from 0 to 1");
    }
}
