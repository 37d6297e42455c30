package io.arkvale.conformance.data;

import io.arkvale.api.Capabilities;
import io.arkvale.api.Digest;
import io.arkvale.api.Digest.Extent;
import io.arkvale.api.Digest.Form;
import io.arkvale.api.Digest.Shape;
import io.arkvale.api.DigestRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Digests within what a backend declares. */
public final class DeclaredDigests {
    private final Capabilities capabilities;

    /** Those of a declaration. */
    public DeclaredDigests(Capabilities capabilities) {
        this.capabilities = capabilities;
    }

    /**
     * Those that are named, and those of ranges more often.
     *
     * @throws SkippedException if there is none, so that no sequence has a budget
     */
    public Arbitrary<Digest> any() {
        if (!capabilities.supportsBudgets()) {
            throw new SkippedException("the backend declares no digest, so that no sequence has a budget");
        }
        var some = new ArrayList<Tuple.Tuple2<Integer, Arbitrary<Digest>>>();
        if (!capabilities.digests().isEmpty()) {
            some.add(Tuple.of(1, Arbitraries.of(sorted())));
        }
        for (var range : capabilities.digestRanges()) {
            some.add(Tuple.of(2, described(range)));
        }
        return Arbitraries.frequencyOf(some);
    }

    /**
     * Those that bound every dot product.
     *
     * @throws SkippedException if there is none
     */
    Arbitrary<Digest> bounds() {
        var some = new ArrayList<Tuple.Tuple2<Integer, Arbitrary<Digest>>>();
        var named = sorted().stream().filter(Digest::isBound).toList();
        if (!named.isEmpty()) {
            some.add(Tuple.of(1, Arbitraries.of(named)));
        }
        for (var range : capabilities.digestRanges()) {
            if (!range.shapes().equals(Set.of(Shape.POINT))) {
                some.add(Tuple.of(
                        2,
                        described(range)
                                .filter(digest -> digest.shape() != Shape.POINT)
                                .map(digest -> new Digest(digest.form(), Extent.LARGEST, 1))));
            }
        }
        if (some.isEmpty()) {
            throw new SkippedException("the backend declares no digest that bounds dot products");
        }
        return Arbitraries.frequencyOf(some);
    }

    private static Arbitrary<Digest> described(DigestRange range) {
        var parts = Arbitraries.of(1, 2, 4, 8, 16, 32, 64).filter(count -> count <= range.mostParts());
        return Combinators.combine(
                        shapes(range),
                        Arbitraries.of(Extent.LARGEST, Extent.MEAN, Extent.CENTER),
                        Arbitraries.of(1.0, 0.75, 0.5, 2.0),
                        parts,
                        Arbitraries.of(false, true),
                        Arbitraries.integers().between(Form.LEAST_BITS, Form.MOST_BITS),
                        Arbitraries.integers().between(Form.LEAST_BITS, Form.MOST_BITS))
                .as((shape, extent, factor, count, coded, centreBits, extentBits) -> described(
                        shape,
                        extent,
                        factor,
                        count,
                        range.whole() && !(coded && range.coded()) ? Form.WHOLE : centreBits,
                        extentBits));
    }

    /** Discs more often than others: more can be wrong with pairs. */
    private static Arbitrary<Shape> shapes(DigestRange range) {
        return Arbitraries.frequency(range.shapes().stream()
                .map(shape -> Tuple.of(shape == Shape.DISC ? 2 : 1, shape))
                .toList());
    }

    private static Digest described(
            Shape shape, Extent extent, double factor, int parts, int centreBits, int extentBits) {
        var point = shape == Shape.POINT;
        var form = new Form(shape, parts, centreBits, point || centreBits == Form.WHOLE ? Form.WHOLE : extentBits);
        if (point) {
            return new Digest(form, Extent.NONE, 1);
        }
        return new Digest(form, extent, (float) (extent == Extent.LARGEST ? Math.min(1, factor) : factor));
    }

    /** Some digests that are declared, from the plain ones on, of all kinds that there are. */
    public List<Digest> some() {
        var some = new ArrayList<>(sorted());
        for (var range : capabilities.digestRanges()) {
            for (var shape : range.shapes()) {
                for (var extent : shape == Shape.POINT ? List.of(Extent.NONE) : List.of(Extent.LARGEST, Extent.MEAN)) {
                    var plain = Digest.of(shape, extent);
                    some.add(range.whole() ? plain : plain.bits(4, 3));
                    some.add(range.coded() ? plain.bits(3, 2) : plain);
                }
            }
        }
        return some.stream().distinct().toList();
    }

    private List<Digest> sorted() {
        return capabilities.digests().stream()
                .sorted(Comparator.comparing(Digest::toString))
                .toList();
    }

    /** The digest, or one like it that is declared and that such pages and heads can have. */
    public Digest fitting(Digest digest, int pageSize, int headDim) {
        var parts = Math.min(digest.form().parts(), Integer.lowestOneBit(pageSize));
        var cut = parts == digest.form().parts() ? digest : digest.parts(parts);
        if (cut.shape() != Shape.DISC || headDim % 2 == 0) {
            return cut;
        }
        return some().stream()
                .filter(one -> one.shape() != Shape.DISC)
                .min(Comparator.comparing(one -> one.isBound() != digest.isBound()))
                .orElseThrow(() -> new SkippedException("the backend declares discs alone, and headDim is " + headDim));
    }
}
