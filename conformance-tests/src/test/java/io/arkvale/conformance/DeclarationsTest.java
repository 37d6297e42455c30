package io.arkvale.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.api.BackendProvider;
import io.arkvale.conformance.RuleResult.Outcome;
import io.arkvale.conformance.wrong.OtherDeclarations;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The kit checks what is declared, and skips the rest with the reason. */
final class DeclarationsTest {
    @Test
    void aBackendThatDeclaresLittlePassesAndTheRestIsSkipped() {
        assertThat(skipped(OtherDeclarations.plain()))
                .contains(
                        "required_spec502_orderIsExact: the backend does not declare select with the caller's own"
                                + " scores",
                        "required_spec706_forksGoTheirOwnWays: the backend does not declare forks",
                        "required_spec508_prefetchIsEstimateSelectAndRecall: the backend does not declare prefetch",
                        "required_spec307_diskBacksUpWhatTheHostCannot: the backend does not declare a disk tier",
                        "required_spec404_softmaxScoresAreWithinTheirBound: the backend does not declare the group"
                                + " scores [MEAN_SOFTMAX]");
    }

    @Test
    void aBackendWithoutBudgetsPassesAndTheRestIsSkipped() {
        assertThat(skipped(OtherDeclarations.withoutBudgets()))
                .contains("required_spec504_victimsAreTheLowestRanked: the backend declares no digest, so that no"
                        + " sequence has a budget");
    }

    @Test
    @Tag("thorough")
    void aBackendThatStoresEightBitsAndDeclaresItPasses() {
        assertThat(skipped(OtherDeclarations.eightBits()))
                .containsExactly(
                        "required_spec209_queuesRefuseWhatIsNoEvent: the backend does not declare tensors over device"
                                + " memory of the caller's, and its queue",
                        "required_spec803_threadsDoNotMatter: the backend has no option 'threads'");
    }

    /** Every test passes but those that are returned, with their reasons. */
    private static List<String> skipped(BackendProvider provider) {
        var options = ConformanceOptions.of(provider).tries(2).actions(100);
        var report = ConformanceKit.run(options, ConformanceListener.SILENT);
        assertThat(report.results())
                .allSatisfy(result -> assertThat(result.outcome())
                        .as(result.test() + ": " + result.detail())
                        .isNotEqualTo(Outcome.FAILED));
        return report.results().stream()
                .filter(result -> result.outcome() == Outcome.SKIPPED)
                .map(result -> result.test() + ": " + result.detail())
                .toList();
    }
}
