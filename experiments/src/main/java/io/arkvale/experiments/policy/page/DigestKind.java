package io.arkvale.experiments.policy.page;

/**
 * A kind of page summary that options name: wherever a digest is named, it may be this one. A jar provides its own as a
 * service of this interface.
 */
public interface DigestKind extends PageDigest.Kind {
    /** Its name. */
    String name();

    /**
     * The same in fewer bits, or with less of a page's extent in its scores.
     *
     * @param bits of an element, at most 32
     * @param extent factor of the extent, from 0, which keeps none of it, to 1
     * @throws UnsupportedOperationException if its elements cannot be rounded, or it has no such factor
     */
    default PageDigest.Kind with(int bits, double extent) {
        throw new UnsupportedOperationException("digest " + name() + " is always whole");
    }
}
