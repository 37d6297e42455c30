package io.arkvale.cuda.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.cuda.kernel.Store;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How attention is cut into splits. */
class SplitsTest {
    @ParameterizedTest
    @EnumSource
    void splitsCoverEveryTokenAndDependOnNothingElse(Store store) {
        var splits = Splits.of(store);
        for (int tokens = 1; tokens < 300_000; tokens += tokens < 3_000 ? 1 : 997) {
            int each = splits.tokens(tokens);
            int count = splits.count(tokens);
            assertThat(each % 16).isZero();
            assertThat((long) each * count).isGreaterThanOrEqualTo(tokens);
            assertThat((long) each * (count - 1)).isLessThan(tokens);
            assertThat(count).isBetween(1, 128);
            for (int recalled = 0; recalled < tokens; recalled += 1 + tokens / 7) {
                int resident = tokens - recalled;
                int apart = splits.count(resident) + (recalled == 0 ? 0 : splits.count(recalled));
                assertThat(apart).isLessThanOrEqualTo(splits.mostCount(tokens));
                assertThat(splits.tokens(resident)).isLessThanOrEqualTo(splits.mostTokens(tokens));
            }
        }
    }
}
