/**
 * What a cache knows of a page without reading it: the statistics that digests are made of, and scores of digests.
 *
 * <p>{@link DigestKernel} takes the keys of one page, {@link ScoreKernel} the digests of a block of pages and the
 * queries of one KV head. Each has a scalar and a vector implementation, which own scratch memory ({@code PaddedBlock}
 * holds decoded keys) and belong to one thread. Pages and digests are the caller's.
 */
@NullMarked
package io.arkvale.kernels.digest;

import org.jspecify.annotations.NullMarked;
