package io.arkvale.conformance.oracle;

import io.arkvale.api.Digest;
import org.jspecify.annotations.Nullable;

/**
 * What a filled page of a layer with a budget has beside its slot: a backup and a digest per KV head. Forks share the backup,
 * and the digests where both have the same kind; what they share is the same object.
 */
public final class PageRecord {
    /** A backup, known by its identity. */
    public static final class Backup {}

    /** The digests of a page, known by their identity. */
    public static final class Digests {
        private final float[] @Nullable [] stored;

        private Digests(int kvHeads) {
            stored = new float[kvHeads][];
        }
    }

    private final Digest kind;
    private final Backup backup;
    private final Digests digests;

    private PageRecord(Digest kind, Backup backup, Digests digests) {
        this.kind = kind;
        this.backup = backup;
        this.digests = digests;
    }

    /** Of a page that has just been filled. */
    static PageRecord of(Digest kind, int kvHeads) {
        return new PageRecord(kind, new Backup(), new Digests(kvHeads));
    }

    /** Of a fork that wants digests of the given kind: itself if they are of this one. */
    PageRecord forked(Digest wanted) {
        return wanted == kind ? this : new PageRecord(wanted, backup, new Digests(digests.stored.length));
    }

    /** The backup. */
    public Backup backup() {
        return backup;
    }

    /** All digests. */
    public Digests digests() {
        return digests;
    }

    /** The backend's digest of a KV head, once it was found to be within its bound; null before. */
    public float @Nullable [] digest(int kvHead) {
        return digests.stored[kvHead];
    }

    /** Takes over the backend's digest, from which scores are computed thereafter. */
    public void adoptDigest(int kvHead, float[] digest) {
        digests.stored[kvHead] = digest;
    }
}
