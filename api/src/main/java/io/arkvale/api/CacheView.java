package io.arkvale.api;

import java.lang.foreign.MemorySegment;

/**
 * Read-only view of a cache for tests and research; every method waits for earlier calls to take effect. During a step
 * it shows the step's effects so far.
 *
 * <p>Every method raises {@link InvalidArgumentException} for an index out of range, {@link ForeignObjectException} for
 * another cache's sequence and {@link ClosedException} for a closed one.
 */
public interface CacheView {
    /**
     * State of one group page.
     *
     * @param tokens tokens stored in it, 1 to page size
     * @param slot device slot that holds it, or -1 if it is not resident; forks may share a slot
     * @param backup where its backup is
     * @param digested whether it has a digest
     */
    record PageState(int tokens, long slot, Tier backup, boolean digested) {
        /** Whether the page is on the device. */
        public boolean resident() {
            return slot >= 0;
        }
    }

    /** Tokens stored in a layer: {@link Sequence#length()} once the layer is done, fewer before. */
    int tokens(Sequence sequence, int layer);

    /** State of a page that holds at least one token. */
    PageState page(Sequence sequence, int layer, int group, int page);

    /**
     * Pages that took part in the layer's last decode attention, ascending; before {@link Step#attend}, the selection of
     * the last {@link Step#select}. Empty if the layer has not decoded yet.
     */
    int[] attendedPages(Sequence sequence, int layer, int group);

    /**
     * Digest of a filled page of a limited layer, widened to float32: of each part {@code b+} then {@code b−}
     * ({@code 2 headDim}) for cuboids that are not coded, else the centre ({@code headDim}) then the extents: {@code headDim}
     * of cuboids, {@code headDim/2} of discs, one of spheres, none of centroids. {@link Digest.Form#numbers} in all.
     *
     * @throws InvalidArgumentException if the page has no digest
     */
    float[] digest(Sequence sequence, int layer, int kvHead, int page);

    /**
     * Copies a resident group page to the start of {@code target}: keys {@code [kvHeadsPerGroup, pageSize, headDim]},
     * then values in the same shape, in the cache's element type: {@link CacheSpec#slotBytes()} bytes, however the backend
     * stores them. Rows of tokens that are not stored yet are zero.
     *
     * @throws InvalidArgumentException if the page is not resident or the target is shorter
     */
    void copyResident(Sequence sequence, int layer, int group, int page, MemorySegment target);

    /**
     * Copies the backup of a group page, in the layout of {@link #copyResident}.
     *
     * @throws InvalidArgumentException if the page has no backup or the target is shorter
     */
    void copyBackup(Sequence sequence, int layer, int group, int page, MemorySegment target);
}
