package io.arkvale.api.support;

import io.arkvale.api.Sequence;
import java.util.List;

/** A sequence whose page tables are kept on the host. */
public interface PagedSequence extends Sequence {
    /** The page tables of a layer, one a head group. */
    List<? extends PageTable<?>> tables(int layer);
}
