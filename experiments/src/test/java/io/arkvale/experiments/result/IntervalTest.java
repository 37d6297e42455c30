package io.arkvale.experiments.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalTest {
    @Test
    void shareOfEightInTen() {
        // Newcombe (1998) and others give 0.4902 to 0.9433 for 8 of 10.
        var interval = Interval.ofShare(8, 10);
        assertThat(interval.low()).isCloseTo(0.4902, within(1e-4));
        assertThat(interval.high()).isCloseTo(0.9433, within(1e-4));
    }

    @Test
    void sharesOfNoneAndAllStayWithinZeroAndOne() {
        assertThat(Interval.ofShare(0, 20).low()).isZero();
        assertThat(Interval.ofShare(0, 20).high()).isCloseTo(0.1611, within(1e-4));
        assertThat(Interval.ofShare(20, 20).high()).isEqualTo(1);
    }

    @Test
    void gainIsPairedQuestionByQuestionAndDrawnByTexts() {
        // Differences 1 0 0 -1 1 0 0 1 of eight texts: mean 0.25, standard error of a bootstrap 0.234.
        var first = result(1, 1, 1, 0, 0, 1, 1, 0, 1);
        var second = result(1, 0, 1, 0, 1, 0, 1, 0, 0);
        var gain = first.against(second);
        assertThat(gain.mean()).isEqualTo(0.25);
        assertThat(gain.interval().low()).isCloseTo(0.25 - 1.96 * 0.234, within(0.1));
        assertThat(gain.interval().high()).isCloseTo(0.25 + 1.96 * 0.234, within(0.1));
        // The same differences, of two texts, say less; order of the questions does not matter.
        var ofTwo = result(4, 1, 1, 0, 0, 1, 1, 0, 1).against(result(4, 0, 1, 0, 1, 0, 1, 0, 0));
        assertThat(ofTwo.mean()).isEqualTo(0.25);
        assertThat(ofTwo.interval().low()).isEqualTo(0);
        assertThat(ofTwo.interval().high()).isEqualTo(0.5);
    }

    @Test
    void whatIsAlikeInFewTextsIsNotCertain() {
        var one = result(1, 1).against(result(1, 0));
        assertThat(one.mean()).isEqualTo(1);
        // One text: up to 95 % of all texts may be otherwise, by up to 2.
        assertThat(one.interval().low()).isCloseTo(1 - 0.95 * 2, within(1e-12));
        assertThat(one.interval().high()).isEqualTo(1);
        var part = result(1, 0.5).interval();
        assertThat(part.low()).isCloseTo(0.5 - 0.95 * 0.5, within(1e-12));
        assertThat(part.high()).isCloseTo(0.5 + 0.95 * 0.5, within(1e-12));
        // The rule of three: none of 100 differs, so at most about 3 % do.
        var scores = new double[100];
        var many = result(1, scores).against(result(1, scores));
        assertThat(many.interval().high()).isCloseTo(0.03, within(0.001));
    }

    @Test
    void intervalsStayWithinTheScale() {
        var interval = result(1, 1, 1, 0.9, 1, 1, 1).interval();
        assertThat(interval.high()).isLessThanOrEqualTo(1);
        assertThat(interval.low()).isBetween(0.9, 1.0);
    }

    @ParameterizedTest
    @CsvSource({
        "19, 0.5, 0.9, TOO_FEW",
        "20, 0.5, 0.9, BETTER",
        "20, -0.5, -0.1, WORSE",
        "20, -0.2, 0.3, NOT_DIFFERENT",
        "20, -0.04, 0.05, EQUAL",
        "20, -0.06, 0.05, NOT_DIFFERENT"
    })
    void verdicts(int samples, double low, double high, Verdict expected) {
        var estimate = new Interval.Estimate((low + high) / 2, new Interval(low, high));
        assertThat(Verdict.of(estimate, samples)).isEqualTo(expected);
    }

    /** A cell with so many questions per text. */
    static TaskResult result(int perText, double... scores) {
        var observations = new ArrayList<Observation>();
        for (int i = 0; i < scores.length; i++) {
            observations.add(Observations.of("cell", "text " + i / perText, i % perText, scores[i]));
        }
        return new TaskResult("task", "policy", 1, 1, "question-after", observations);
    }
}
