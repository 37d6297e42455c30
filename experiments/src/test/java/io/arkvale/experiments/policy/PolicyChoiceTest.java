package io.arkvale.experiments.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.policy.option.PolicyChoice;
import io.arkvale.experiments.policy.recall.ArkVale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PolicyChoiceTest {
    @Test
    void policyAnswersToItsFullAndItsShortName() {
        assertThat(PolicyChoice.parse("evict.h2o", Map.of()).policy())
                .isSameAs(PolicyChoice.parse("h2o", Map.of()).policy());
    }

    @Test
    void unknownPolicyListsTheNames() {
        assertThatThrownBy(() -> PolicyChoice.parse("h3o", Map.of()))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("unknown policy 'h3o'; policies: [full, ")
                .hasMessageContaining(", arkvale, ")
                .hasMessageContaining(", h2o, tova, ");
    }

    @Test
    void ownOptionsGoBeforeTheDefaultsGiven() {
        var defaults = Map.of("arkvale", Map.of("sink", "3", "window", "4"));
        var settings =
                PolicyChoice.parse("arkvale:sink=1:digest=centroid", defaults).settings();
        assertThat(settings.whole("sink")).isEqualTo(1);
        assertThat(settings.whole("window")).isEqualTo(4);
        assertThat(settings.word("digest")).isEqualTo("centroid");
        assertThat(settings.whole("page-size")).isEqualTo(32);
    }

    @Test
    void unknownOptionListsTheOptions() {
        assertThatThrownBy(() -> PolicyChoice.parse("h2o:heavy=1", Map.of()))
                .hasMessage("unknown option 'heavy' of policy 'h2o'; its options: [prefill-scores, recent]");
    }

    @Test
    void valueOutOfRangeNamesTheRange() {
        assertThatThrownBy(() -> PolicyChoice.parse("h2o:recent=2", Map.of()))
                .hasMessage("option 'recent' of policy 'h2o' is '2'; allowed: 0.0 to 1.0");
        assertThatThrownBy(() -> PolicyChoice.parse("arkvale:digest=box", Map.of()))
                .hasMessageContaining("allowed: cuboid-mean, cuboid-max, cuboid-center, sphere-max");
        assertThatThrownBy(() -> PolicyChoice.parse("arkvale:sink=many", Map.of()))
                .hasMessageContaining("is 'many'; allowed: 0 to 1024");
    }

    @Test
    void budgetThatSinkAndWindowDoNotFitInIsRefused() {
        var settings = PolicyChoice.parse("arkvale", Map.of()).settings();
        assertThatThrownBy(() -> new ArkVale().sequence(settings, 128, 2))
                .hasMessageContaining("2 sink and 2 window pages need at least 160 tokens");
        assertThatThrownBy(() -> new ArkVale().sequence(settings, 500, 2))
                .hasMessageContaining("multiples of pageSize");
    }
}
