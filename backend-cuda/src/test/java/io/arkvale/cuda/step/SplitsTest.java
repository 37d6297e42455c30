package io.arkvale.cuda.step;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How attention is cut into splits. */
class SplitsTest {
    @Test
    void splitsCoverEveryTokenAndDependOnNothingElse() {
        for (int tokens = 1; tokens < 300_000; tokens += tokens < 3_000 ? 1 : 997) {
            int each = Splits.tokens(tokens);
            int count = Splits.count(tokens);
            assertThat(each % 16).isZero();
            assertThat((long) each * count).isGreaterThanOrEqualTo(tokens);
            assertThat((long) each * (count - 1)).isLessThan(tokens);
            assertThat(count).isBetween(1, 128);
            for (int recalled = 0; recalled < tokens; recalled += 1 + tokens / 7) {
                int resident = tokens - recalled;
                int apart = Splits.count(resident) + (recalled == 0 ? 0 : Splits.count(recalled));
                assertThat(apart).isLessThanOrEqualTo(Splits.mostCount(tokens));
                assertThat(Splits.tokens(resident)).isLessThanOrEqualTo(Splits.mostTokens(tokens));
            }
        }
    }
}
