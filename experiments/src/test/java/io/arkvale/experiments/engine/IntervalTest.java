package io.arkvale.experiments.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

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
    void gainIsPairedQuestionByQuestion() {
        // Differences 1 0 0 -1 1 0 0 1: mean 0.25, standard error 0.25.
        var first = result(true, true, false, false, true, true, false, true);
        var second = result(false, true, false, true, false, true, false, false);
        var gain = first.against(second);
        assertThat(gain.mean()).isEqualTo(0.25);
        assertThat(gain.interval().low()).isCloseTo(0.25 - 1.96 * 0.25, within(1e-3));
        assertThat(gain.interval().high()).isCloseTo(0.25 + 1.96 * 0.25, within(1e-3));
    }

    private static TaskResult result(Boolean... right) {
        return new TaskResult(
                "task",
                "policy",
                1,
                1,
                Arrays.stream(right).map(answer -> answer ? 1.0 : 0.0).toList(),
                1,
                new Usage(0, 0, 0, 0, 0, 0, 0, 0),
                Fidelity.FULL);
    }
}
