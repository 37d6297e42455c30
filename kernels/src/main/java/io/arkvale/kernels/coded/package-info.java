/**
 * Digests in few bits: codes of 2 to 8 bits with scales of their own page, packed into words of 32 bits.
 *
 * <p>{@link CodedShape} says what a page's record holds and where, {@link CodeWriter} rounds centres and extents to it,
 * {@link CodeReader} widens them again, and {@link CodedScoreKernel} scores a block of records for the queries of one KV
 * head, number by number or in the machine's vectors. Which volume an extent belongs to is the caller's business: it
 * measures the extents, and gives their weights with the queries.
 */
@NullMarked
package io.arkvale.kernels.coded;

import org.jspecify.annotations.NullMarked;
