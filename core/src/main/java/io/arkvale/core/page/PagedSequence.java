package io.arkvale.core.page;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.SequenceSpec;
import io.arkvale.core.CacheSequence;
import io.arkvale.core.CheckedCache;
import io.arkvale.core.table.LayerPages;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A sequence whose page tables are kept on the host. */
final class PagedSequence extends CacheSequence {
    /** What each layer stores. */
    final List<LayerPages> layers = new ArrayList<>();

    private @Nullable PagedMember member;

    PagedSequence(CheckedCache<PagedSequence, ?> cache, SequenceSpec spec) {
        super(cache, spec);
    }

    LayerPages layer(int layer) {
        return layers.get(layer);
    }

    /** Its part in a step, one at a time. */
    PagedMember member(CacheSpec cache) {
        if (member == null) {
            member = new PagedMember(this, cache);
        }
        return member;
    }
}
