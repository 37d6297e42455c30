package io.arkvale.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.Digest.Extent;
import io.arkvale.api.Digest.Form;
import io.arkvale.api.Digest.Shape;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class DigestTest {
    private static final Digest DISCS =
            Digest.of(Shape.DISC, Extent.LARGEST).times(0.75).parts(8).bits(3, 2);

    private static List<Digest> many() {
        var many = new ArrayList<>(List.of(Digest.values()));
        for (var shape : EnumSet.of(Shape.CUBOID, Shape.DISC, Shape.SPHERE)) {
            for (var extent : EnumSet.complementOf(EnumSet.of(Extent.NONE))) {
                for (float factor : new float[] {1, 0.75f, 0.001f, 1 / 3f}) {
                    var digest = Digest.of(shape, extent).times(factor);
                    many.addAll(List.of(
                            digest,
                            digest.parts(64),
                            digest.bits(8),
                            digest.parts(2).bits(2, 7)));
                }
            }
            many.add(Digest.of(shape, Extent.MEAN).times(4));
        }
        many.add(Digest.CENTROID.parts(4).bits(5));
        return many.stream().distinct().toList();
    }

    @Test
    void aCanonicalTextReadsAsWhatItSays() {
        assertThat(DISCS).hasToString("disc-max*0.75/8@3+2");
        assertThat(Digest.CENTROID.parts(4).bits(4)).hasToString("centroid/4@4");
        assertThat(many())
                .allSatisfy(digest -> assertThat(Digest.parse(digest.toString()))
                        .isEqualTo(digest)
                        .hasSameHashCodeAs(digest));
        assertThat(many()).extracting(Digest::toString).doesNotHaveDuplicates();
    }

    @Test
    void theSevenKeepTheirNames() {
        assertThat(Digest.values())
                .extracting(Digest::name)
                .containsExactly(
                        "CUBOID_MAX",
                        "CUBOID_CENTER",
                        "CUBOID_MEAN",
                        "SPHERE_MAX",
                        "SPHERE_CENTER",
                        "SPHERE_MEAN",
                        "CENTROID");
        assertThat(Digest.values())
                .allSatisfy(digest -> assertThat(Digest.valueOf(digest.name())).isSameAs(digest))
                .allSatisfy(
                        digest -> assertThat(Digest.parse(digest.toString())).isSameAs(digest));
        assertThat(Digest.valueOf("disc-max*0.75/8@3+2")).isEqualTo(DISCS);
        assertThat(DISCS.name()).isEqualTo("disc-max*0.75/8@3+2");
    }

    @Test
    void whatIsNoDigestIsRefused() {
        for (var text : List.of(
                "",
                "disc",
                "cuboid-most",
                "centroid-max",
                "cuboid-max*",
                "cuboid-max*1.2.3",
                "cuboid-max@3+",
                "CUBOID")) {
            assertThatThrownBy(() -> Digest.parse(text))
                    .as(text)
                    .isInstanceOf(InvalidArgumentException.class)
                    .hasMessageContaining("'" + text + "'")
                    .hasMessageContaining("disc-max*0.75/8@3+2");
        }
        assertThatThrownBy(() -> Digest.parse("cuboid-max*1.5"))
                .hasMessage("factor is 1.5; allowed: 0.001 to 1 for the extent LARGEST");
        assertThatThrownBy(() -> Digest.parse("cuboid-max/3")).hasMessage("parts is 3; allowed: powers of two");
        assertThatThrownBy(() -> Digest.parse("cuboid-max/128")).hasMessage("parts is 128; allowed: 1 to 64");
        assertThatThrownBy(() -> Digest.parse("cuboid-max@9")).hasMessage("centreBits is 9; allowed: 2 to 8");
        assertThatThrownBy(() -> Digest.parse("centroid@4+2")).hasMessageContaining("no bits of it");
        assertThatThrownBy(() -> DISCS.times(Double.NaN)).hasMessageContaining("factor is NaN");
        assertThatThrownBy(() -> Digest.of(Shape.POINT, Extent.MEAN)).hasMessageContaining("points have no extent");
    }

    @Test
    void pagesAndHeadsThatDoNotFitAreRefused() {
        DISCS.requireFits(32, 64);
        assertThatThrownBy(() -> DISCS.requireFits(20, 64))
                .hasMessage("digest is disc-max*0.75/8@3+2: its 8 parts do not divide pages of 20 tokens");
        assertThatThrownBy(() -> DISCS.requireFits(32, 65))
                .hasMessage("digest is disc-max*0.75/8@3+2: discs need an even headDim, and it is 65");
    }

    @Test
    void bytesCountCodesAndScales() {
        assertThat(Digest.CUBOID_MEAN.form().bytes(128, ElementType.F16)).isEqualTo(512);
        assertThat(Digest.SPHERE_MEAN.form().bytes(128, ElementType.F32)).isEqualTo(516);
        assertThat(Digest.of(Shape.DISC, Extent.MEAN).form().bytes(128, ElementType.BF16))
                .isEqualTo(384);
        // Zero points of 8 bits, offsets of 3 in eighths, radii of 2 per pair in eighths; 4 runs with three scales, 2
        // with one.
        assertThat(DISCS.form().bytes(128, ElementType.F16))
                .isEqualTo(128 + 8 * 128 * 3 / 8 + 8 * 64 * 2 / 8 + (4 * 3 + 2) * 2);
        // Of one part the centre itself has the bits.
        assertThat(Digest.CENTROID.bits(5).form().bytes(33, ElementType.F32)).isEqualTo(21 + 2 * 2 * 2);
        assertThat(Digest.CUBOID_MAX.parts(4).form().numbers(64)).isEqualTo(4 * 128);
        assertThat(DISCS.form().numbers(64)).isEqualTo(8 * 96);
        assertThat(new Form(Shape.SPHERE, 2, 4, 4).numbers(64)).isEqualTo(2 * 65);
    }

    @Test
    void rangesHoldWhatTheySay() {
        var range = new DigestRange(EnumSet.of(Shape.DISC, Shape.CUBOID), 8, false, true);
        assertThat(range).hasToString("any cuboid, disc in at most 8 parts, in 2 to 8 bits");
        assertThat(range.contains(DISCS)).isTrue();
        assertThat(range.contains(DISCS.parts(16))).isFalse();
        assertThat(range.contains(Digest.CUBOID_MAX)).isFalse();
        assertThat(range.contains(Digest.CENTROID.bits(4))).isFalse();
        assertThat(many()).allMatch(DigestRange.all(64)::contains);
        var declared = Capabilities.builder().digestRange(range).build();
        var settings = SequenceSpec.builder(32).budgetPages(8);
        declared.require(settings.digest(DISCS).build());
        assertThatThrownBy(
                        () -> declared.require(settings.digest(Digest.CENTROID).build()))
                .isInstanceOf(UnsupportedSpecException.class)
                .hasMessage("digest is centroid; this backend supports any cuboid, disc in at most 8 parts, in 2 to"
                        + " 8 bits");
        assertThat(declared.toBuilder().build().supports(DISCS)).isTrue();
    }
}
