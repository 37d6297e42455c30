package io.arkvale.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.Capabilities.RowBound;
import io.arkvale.api.Capabilities.SizeRange;
import io.arkvale.api.Capabilities.Unit;
import org.junit.jupiter.api.Test;

class CapabilitiesTest {
    private static final Capabilities DECLARED = Capabilities.builder()
            .elementTypes(ElementType.F16)
            .headDims(new SizeRange(64, 128, 64))
            .pageSizes(SizeRange.of(8, 64))
            .queryHeadsPerKvHead(SizeRange.of(1, 8))
            .digests(Digest.CUBOID_MEAN, Digest.CUBOID_MAX)
            .scopes(Scope.ATTENDED)
            .features(Feature.FORKS)
            .build();

    private static CacheSpec.Builder cache(int headDim) {
        return CacheSpec.builder(1, 8, 2, headDim).elementType(ElementType.F16).deviceSlots(1);
    }

    @Test
    void cachesOutsideTheDeclarationAreRefusedWithWhatIsSupported() {
        DECLARED.require(cache(128).build());
        assertThatThrownBy(() -> DECLARED.require(cache(128).pageSize(65).build()))
                .isInstanceOf(UnsupportedSpecException.class)
                .hasMessage("pageSize is 65; this backend supports 8 to 64");
        assertThatThrownBy(() -> DECLARED.require(cache(96).build()))
                .hasMessage("headDim is 96; this backend supports 64 to 128, multiples of 64");
        assertThatThrownBy(() -> DECLARED.require(cache(128).window(0, 512).build()))
                .isInstanceOf(UnsupportedSpecException.class)
                .hasMessage("layer 0 has a window of 512 tokens; this backend supports layers without a window");
        assertThatThrownBy(() -> DECLARED.require(cache(128).headGroups(2).build()))
                .hasMessage("headGroups is 2; this backend supports 1");
        assertThatThrownBy(() ->
                        DECLARED.require(cache(64).elementType(ElementType.F32).build()))
                .hasMessage("elementType is F32; this backend supports [F16]");
    }

    @Test
    void settingsOutsideTheDeclarationAreRefusedWithWhatIsSupported() {
        var legal = SequenceSpec.builder(32).budgetPages(8);
        DECLARED.require(legal.build());
        assertThatThrownBy(() -> DECLARED.require(legal.digest(Digest.CENTROID).build()))
                .isInstanceOf(UnsupportedSpecException.class)
                .hasMessage("digest is centroid; this backend supports [cuboid-mean, cuboid-max]");
        legal.digest(Digest.CUBOID_MAX);
        var ofLayer = SequenceSpec.builder(32).budgetPages(8).layerBudget(2, 12, 6);
        assertThatThrownBy(() -> DECLARED.require(ofLayer.build()))
                .hasMessage(
                        "the budget of layer 2 is 12 pages; this backend supports one budget for all layers that are"
                                + " not dense");
        var byLayer = Capabilities.builder()
                .digests(Digest.CUBOID_MEAN)
                .features(Feature.LAYER_BUDGETS)
                .build();
        byLayer.require(ofLayer.build());
        assertThatThrownBy(
                        () -> byLayer.require(ofLayer.groupBudget(2, 1, 10, 5).build()))
                .hasMessage(
                        "the budget of group 1 of layer 2 is 10 pages; this backend supports one budget for all head"
                                + " groups of a layer");
        assertThatThrownBy(() -> DECLARED.require(legal.scope(Scope.RESIDENT).build()))
                .hasMessage("scope is RESIDENT; this backend supports [ATTENDED]");
    }

    @Test
    void whatABuilderIsNotToldIsNotSupported() {
        var least = Capabilities.builder().build();
        least.require(SequenceSpec.full());
        assertThat(least.features()).isEmpty();
        assertThat(least.keyBound().isExact()).isTrue();
        assertThatThrownBy(() ->
                        least.require(SequenceSpec.builder(32).budgetPages(8).build()))
                .isInstanceOf(UnsupportedSpecException.class)
                .hasMessage("budgetPages is 8; this backend supports no budget");
        assertThatThrownBy(() -> least.require(Feature.PREFETCH))
                .isInstanceOf(UnsupportedFeatureException.class)
                .hasMessage("this backend does not support prefetch");
    }

    @Test
    void aCopyIsTheSameButForWhatIsChanged() {
        var bound = new RowBound(1.0 / 254, 0);
        var changed = DECLARED.toBuilder()
                .storedRows(bound, RowBound.EXACT)
                .blockSizes(Unit.PAGES, 64, 32)
                .build();
        assertThat(changed.digests()).isEqualTo(DECLARED.digests());
        assertThat(changed.keyBound()).isEqualTo(bound);
        assertThat(changed.valueBound()).isEqualTo(RowBound.EXACT);
        assertThat(changed.blockSizes(Unit.PAGES)).containsExactly(32, 64);
        assertThat(changed.blockSizes(Unit.TOKENS)).isEmpty();
        assertThat(DECLARED.blockSizes(Unit.PAGES)).isEmpty();
    }

    @Test
    void numbersThatMeanNothingAreRefused() {
        assertThatThrownBy(() -> new RowBound(1, 0)).hasMessageContaining("relative is 1.0; allowed: from 0");
        assertThatThrownBy(() -> new RowBound(0, Double.NaN)).hasMessageContaining("absolute is NaN");
        assertThatThrownBy(() -> Capabilities.builder().blockSizes(Unit.PAGES, 0))
                .hasMessageContaining("a block size in PAGES is 0");
        assertThatThrownBy(() -> Capabilities.builder().elementTypes().build())
                .hasMessageContaining("elementTypes is empty");
    }
}
