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

    /** A kind of digest of a backup's page: counts once, however many forks have it. */
    public record Kind(Backup backup, Digest digest) {}

    private final Digest kind;
    private final Backup backup;
    private final float[] @Nullable [] digests;

    private PageRecord(Digest kind, Backup backup, int kvHeads) {
        this.kind = kind;
        this.backup = backup;
        digests = new float[kvHeads][];
    }

    /** Of a page that is full. */
    static PageRecord of(OraclePage page, Digest kind, int kvHeads) {
        return new PageRecord(kind, page.backup(), kvHeads);
    }

    /** Of a fork that wants digests of the given kind: itself if they are of this one. */
    PageRecord forked(Digest wanted) {
        return wanted.equals(kind) ? this : new PageRecord(wanted, backup, digests.length);
    }

    /** The backup. */
    public Backup backup() {
        return backup;
    }

    /** What its digests count as. */
    public Kind kind() {
        return new Kind(backup, kind);
    }

    /** The backend's digest of a KV head, once it was found to be within its bound; null before. */
    public float @Nullable [] digest(int kvHead) {
        return digests[kvHead];
    }

    /** Takes over the backend's digest, from which scores are computed thereafter. */
    public void adoptDigest(int kvHead, float[] digest) {
        digests[kvHead] = digest;
    }
}
