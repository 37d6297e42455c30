package io.arkvale.experiments.policy.page.described;

import java.util.List;

/** Rounds the numbers of one KV head's pages, one page after another. */
interface Rounding {
    /**
     * Rounds the next page's centres; its {@link #extents} follow.
     *
     * @param centres {@code [parts][headDim]}; replaced by what they read as
     */
    void centres(float[] centres);

    /**
     * Rounds the page's extents.
     *
     * @param extents {@code [parts][extents]}; replaced by what they read as
     */
    void extents(float[] extents);

    /**
     * Is told before a score is asked for.
     *
     * @param pages all pages so far, as they read now
     */
    default void scored(List<Volumes> pages) {}
}
