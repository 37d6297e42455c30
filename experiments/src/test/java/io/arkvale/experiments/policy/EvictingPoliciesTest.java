package io.arkvale.experiments.policy;

import static io.arkvale.experiments.policy.PolicyTrial.sixteenths;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.policy.evict.H2o;
import io.arkvale.experiments.policy.evict.StreamingLlm;
import io.arkvale.experiments.policy.evict.Tova;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Hand-worked examples: which tokens are held, step by step. */
class EvictingPoliciesTest {
    @Test
    void streamingLlmKeepsTheFirstAndTheMostRecent() {
        var trial = new PolicyTrial(new StreamingLlm(), Map.of("start", "2"), 5, 1, 1);
        assertThat(trial.context(new double[8])).containsExactly(List.of(0, 1, 5, 6, 7));
        assertThat(trial.step(new double[9])).containsExactly(List.of(0, 1, 6, 7, 8));
        assertThat(trial.step(new double[10])).containsExactly(List.of(0, 1, 7, 8, 9));
    }

    @Test
    void streamingLlmSeesTokensAtTheirDistanceInTheCache() {
        var trial = new PolicyTrial(new StreamingLlm(), Map.of("start", "2"), 5, 1, 1);
        trial.context(new double[8]);
        // Token 8 arrives: the cache is 0 1 5 6 7 8, so token 8 stands at place 5.
        var policy = trial.policy();
        assertThat(List.of(policy.distance(0, 8, 6), policy.distance(1, 8, 6))).containsExactly(5, 4);
        assertThat(List.of(policy.distance(5, 8, 6), policy.distance(8, 8, 6))).containsExactly(3, 0);
    }

    @Test
    void streamingLlmCanKeepThePositionsOfTheText() {
        var options = Map.of("start", "2", "positions", "text");
        var trial = new PolicyTrial(new StreamingLlm(), options, 5, 1, 1);
        assertThat(trial.policy().distance(0, 8, 6)).isEqualTo(8);
    }

    @Test
    void streamingLlmKeepsAllOfAShortContext() {
        var trial = new PolicyTrial(new StreamingLlm(), Map.of(), 6, 1, 1);
        assertThat(trial.context(new double[2])).containsExactly(List.of(0, 1));
        for (int length = 3; length <= 6; length++) {
            assertThat(trial.step(new double[length]).getFirst()).hasSize(length);
        }
        assertThat(trial.step(new double[7])).containsExactly(List.of(0, 1, 2, 3, 5, 6));
    }

    @Test
    void streamingLlmNeedsRoomForOneTokenMoreThanTheFirst() {
        assertThatThrownBy(() -> new PolicyTrial(new StreamingLlm(), Map.of("start", "4"), 4, 1, 1))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("budget 4 is too small")
                .hasMessageContaining("at least 5 tokens");
    }

    @Test
    void h2oKeepsHeavyHittersAndRecentTokens() {
        var trial = new PolicyTrial(new H2o(), Map.of(), 4, 2, 1);
        // Mean of the two heads: 4 4 1 5 1 1 (sixteenths); the last two are recent, 3 and 0 the heaviest before them.
        assertThat(trial.context(sixteenths(2, 6, 1, 5, 1, 1), sixteenths(6, 2, 1, 5, 1, 1)))
                .containsExactly(List.of(0, 3, 4, 5));
        // Sums: 0: 4+1, 3: 5+1, 4: 1+9, 5: 1+3, 6: 2. Token 0 is the lightest of 0, 3, 4.
        assertThat(trial.step(sixteenths(1, 0, 0, 1, 9, 3, 2), sixteenths(1, 0, 0, 1, 9, 3, 2)))
                .containsExactly(List.of(3, 4, 5, 6));
        // Sums: 3: 6+0, 4: 10+1, 5: 4+2, 6: 2+12. Of 3, 4, 5 the lightest are 3 and 5: the later one goes.
        assertThat(trial.step(sixteenths(0, 0, 0, 0, 1, 2, 12, 1), sixteenths(0, 0, 0, 0, 1, 2, 12, 1)))
                .containsExactly(List.of(3, 4, 6, 7));
    }

    @Test
    void h2oDecidesForEachKvHeadAlone() {
        var trial = new PolicyTrial(new H2o(), Map.of("recent", "0.25"), 4, 2, 2);
        assertThat(trial.context(sixteenths(5, 4, 3, 2, 1, 1), sixteenths(1, 2, 3, 4, 5, 1)))
                .containsExactly(List.of(0, 1, 2, 5), List.of(2, 3, 4, 5));
    }

    @Test
    void tovaKeepsOneSetForAllHeadsByTheLastRow() {
        var trial = new PolicyTrial(new Tova(), Map.of(), 4, 2, 2);
        // Sums of both heads: 9 4 7 2 5 5.
        assertThat(trial.context(sixteenths(8, 1, 4, 1, 1, 1), sixteenths(1, 3, 3, 1, 4, 4)))
                .containsExactly(List.of(0, 2, 4, 5), List.of(0, 2, 4, 5));
        // 0 had the most so far, but only the last row counts: sums 0: 1, 2: 9, 4: 7, 5: 8, 6: 7.
        assertThat(trial.step(sixteenths(1, 0, 5, 0, 3, 4, 3), sixteenths(0, 0, 4, 0, 4, 4, 4)))
                .containsExactly(List.of(2, 4, 5, 6), List.of(2, 4, 5, 6));
        // The newest token has no privilege: sums 2: 8, 4: 8, 5: 7, 6: 6, 7: 3.
        assertThat(trial.step(sixteenths(0, 0, 4, 0, 4, 3, 3, 2), sixteenths(0, 0, 4, 0, 4, 4, 3, 1)))
                .containsExactly(List.of(2, 4, 5, 6), List.of(2, 4, 5, 6));
    }
}
