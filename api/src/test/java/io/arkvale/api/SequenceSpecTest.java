package io.arkvale.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SequenceSpecTest {
    @ParameterizedTest
    @CsvSource({
        "512, 32, 8",
        "1024, 32, 16",
        "2048, 32, 32",
        "4096, 32, 40",
        "160, 32, 4",
        "512, 16, 16",
        "4096, 16, 80"
    })
    void attendedPagesDefaultToHalfTheBudgetUpToFortyPagesOfThirtyTwo(int budgetTokens, int pageSize, int attended) {
        var spec = SequenceSpec.builder(pageSize).budgetTokens(budgetTokens).build();

        assertThat(spec.attendedPages()).isEqualTo(attended);
        assertThat(spec.budgetPages()).isEqualTo(budgetTokens / pageSize);
    }

    @Test
    void ranksAtLeastOnePageBesideSinkAndWindow() {
        var least = SequenceSpec.builder(32).budgetPages(5).attendedPages(4).build();
        var most = SequenceSpec.builder(32)
                .budgetPages(64)
                .attendedPages(63)
                .sinkPages(1)
                .build();

        assertThat(least.rankedPages()).isEqualTo(1);
        assertThat(most.rankedPages()).isEqualTo(63 - 1 - 1);
    }

    @Test
    void limitsOnlyLayersAfterTheDenseOnes() {
        var spec = SequenceSpec.builder(32).budgetTokens(512).denseLayers(2).build();

        assertThat(spec.isLimited(1)).isFalse();
        assertThat(spec.isLimited(2)).isTrue();
        assertThat(SequenceSpec.full().isLimited(2)).isFalse();
    }

    @Test
    void rejectsBudgetsThatSinkAndWindowDoNotFitIn() {
        assertThatThrownBy(() -> SequenceSpec.builder(32).budgetPages(4).build())
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage("budgetPages is 4: 2 sink and 2 window pages need at least 5");
    }

    @ParameterizedTest
    @CsvSource({"3", "16"})
    void rejectsAttendedPagesOutsideTheirRange(int attended) {
        var builder = SequenceSpec.builder(32).budgetPages(16).attendedPages(attended);

        assertThatThrownBy(builder::build)
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage("attendedPages is " + attended + "; allowed: 4 to 15");
    }

    @Test
    void rejectsTokenBudgetsThatAreNoWholePages() {
        assertThatThrownBy(() -> SequenceSpec.builder(32).budgetTokens(1000))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage("budgetTokens is 1000; allowed: multiples of pageSize, which is 32");
    }

    @Test
    void rejectsAWindowWithoutTheLastPage() {
        assertThatThrownBy(() ->
                        SequenceSpec.builder(32).budgetPages(8).windowPages(0).build())
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage("windowPages is 0; allowed: 1 to 32767");
    }

    @Test
    void settingsKnowThePageSizeTheyWereMadeFor() {
        var settings = SequenceSpec.builder(32).budgetTokens(512).build();
        settings.requirePageSize(32);
        assertThatThrownBy(() -> settings.requirePageSize(16))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage("the settings are for pages of 32 tokens and the cache has pages of 16; build them with"
                        + " SequenceSpec.builder(16)");
        SequenceSpec.full().requirePageSize(16);
    }

    @Test
    void whoGivesTokensIsToldOfTokens() {
        assertThatThrownBy(() -> SequenceSpec.builder(32).budgetTokens(128).build())
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage("budgetTokens is 128, 4 pages of 32 tokens; 2 sink and 2 window pages need at least 160"
                        + " tokens");
    }

    @Test
    void aLayerOrAHeadGroupMayHaveABudgetOfItsOwn() {
        var settings = SequenceSpec.builder(32)
                .budgetPages(16)
                .attendedPages(8)
                .layerBudget(1, 10, 6)
                .groupBudget(1, 2, 12, 7)
                .denseLayer(3)
                .build();
        assertThat(settings.budgetPages(2, 0)).isEqualTo(16);
        assertThat(settings.isLimited(0)).isFalse();
        assertThat(settings.isLimited(1)).isTrue();
        assertThat(settings.budgetPages(1, 0)).isEqualTo(10);
        assertThat(settings.attendedPages(1, 1)).isEqualTo(6);
        assertThat(settings.budgetPages(1, 2)).isEqualTo(12);
        assertThat(settings.rankedPages(1, 2)).isEqualTo(7 - 2 - 1);
        assertThat(settings.isLimited(3)).isFalse();
        assertThat(settings.budgetPages(3, 1)).isEqualTo(SequenceSpec.NO_BUDGET);
    }

    @Test
    void budgetsOfLayersAndHeadGroupsAreChecked() {
        var builder = SequenceSpec.builder(32).budgetPages(16);
        assertThatThrownBy(() -> builder.layerBudget(5, 4, 4).build())
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage("budgetPages of layer 5 is 4: 2 sink and 2 window pages need at least 5");
        assertThatThrownBy(() -> SequenceSpec.builder(32)
                        .budgetPages(16)
                        .groupBudget(5, 1, 8, 9)
                        .build())
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage("attendedPages of group 1 of layer 5 is 9; allowed: 4 to 7");
        assertThatThrownBy(() -> SequenceSpec.builder(32)
                        .budgetPages(16)
                        .layerBudget(5, 8, 4)
                        .denseLayer(5)
                        .build())
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage("layer 5 has two budgets, 8 and 2147483647 pages; allowed: one");
        assertThatThrownBy(() -> SequenceSpec.builder(32)
                        .budgetPages(16)
                        .groupBudget(1, 0, 8, 4)
                        .build())
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage(
                        "group 0 of layer 1 has a budget and its layer has none; allowed: a budget for all groups of"
                                + " a layer, or for none");
    }

    @Test
    void draftedTokensLieInTheWindow() {
        assertThat(SequenceSpec.builder(16)
                        .budgetPages(8)
                        .windowPages(3)
                        .build()
                        .mostDrafted(16))
                .isEqualTo(33);
        assertThat(SequenceSpec.full().mostDrafted(16)).isEqualTo(Integer.MAX_VALUE);
    }
}
