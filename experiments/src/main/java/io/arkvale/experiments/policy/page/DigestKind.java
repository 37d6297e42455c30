package io.arkvale.experiments.policy.page;

/**
 * A kind of page summary that options name: wherever a digest is named, it may be this one. A jar provides its own as a
 * service of this interface.
 */
public interface DigestKind extends PageDigest.Kind {
    /** Its name. */
    String name();

    /**
     * The same whose elements take fewer bits than 32.
     *
     * @throws UnsupportedOperationException if its elements cannot be rounded
     */
    default PageDigest.Kind withBits(int bits) {
        throw new UnsupportedOperationException("digest " + name() + " is not rounded");
    }
}
