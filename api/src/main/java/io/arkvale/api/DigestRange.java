package io.arkvale.api;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Digests that a backend takes, beside those it names: of some shapes, with any extent and factor.
 *
 * @param shapes volumes
 * @param mostParts most parts of a page
 * @param whole whether in the cache's element type
 * @param coded whether in {@value Digest.Form#LEAST_BITS} to {@value Digest.Form#MOST_BITS} bits
 */
public record DigestRange(Set<Digest.Shape> shapes, int mostParts, boolean whole, boolean coded) {
    /**
     * Checks that there is something in it.
     *
     * @throws InvalidArgumentException if it has no shape, no parts, or neither whole nor coded digests
     */
    public DigestRange {
        if (shapes.isEmpty() || !(whole || coded)) {
            throw new InvalidArgumentException("shapes is " + shapes + ", whole " + whole + " and coded " + coded
                    + "; name a shape, and one of the two");
        }
        Checks.range("mostParts", mostParts, 1, Digest.Form.MOST_PARTS);
        shapes = Collections.unmodifiableSet(EnumSet.copyOf(shapes)); // in their order, so that messages read the same
    }

    /** Every digest in at most so many parts, whole or in any number of bits. */
    public static DigestRange all(int mostParts) {
        return new DigestRange(EnumSet.allOf(Digest.Shape.class), mostParts, true, true);
    }

    /** Whether a digest is in it. */
    public boolean contains(Digest digest) {
        var form = digest.form();
        return shapes.contains(form.shape()) && form.parts() <= mostParts && (form.isWhole() ? whole : coded);
    }

    @Override
    public String toString() {
        var words = shapes.stream().map(Digest.Shape::word).collect(Collectors.joining(", "));
        return "any " + words + " in at most " + mostParts + (mostParts == 1 ? " part, " : " parts, ")
                + (whole ? "in the cache's element type" : "")
                + (whole && coded ? " or " : "")
                + (coded ? "in " + Digest.Form.LEAST_BITS + " to " + Digest.Form.MOST_BITS + " bits" : "");
    }
}
