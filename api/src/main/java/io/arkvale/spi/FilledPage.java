package io.arkvale.spi;

import io.arkvale.api.Digest;

/**
 * A page that is full, and where its digest goes.
 *
 * @param digest kind of summary
 * @param slot the page's slot
 * @param block block of digests
 * @param index place in the block, below {@link Storage#digestPages}
 */
public record FilledPage(Digest digest, int slot, int block, int index) {}
